package io.ratelimit.spring.web.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.mock.web.MockHttpServletRequest;

/** Where neither Jetty nor Tomcat is on the class path. */
class WithoutContainersTest {
    /** Runs in a class loader of its own. */
    static final class Asked implements Supplier<String> {
        @Override
        public String get() {
            MockHttpServletRequest request = new MockHttpServletRequest();
            request.setRemoteAddr("192.0.2.7");
            request.setRemotePort(4711);
            request.addHeader("X-Forwarded-For", "203.0.113.1");
            ServletWebRequest view = ServletWebRequest.of(request, Rules.gate());
            return view.remoteAddress() + " " + view.headers("X-Forwarded-For") + " "
                    + new PeerAddressRequest(request).getRemotePort();
        }
    }

    /** Has classes of ours anew, so that they do not find what is filtered. */
    private static final class Anew extends FilteredClassLoader {
        Anew(String... hidden) {
            super(hidden);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("io.ratelimit.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? define(name) : loaded;
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
    }

    @Test
    void takesTheAddressFromTheRequest() throws Exception {
        try (Anew loader = new Anew("org.eclipse.jetty", "org.apache.catalina")) {
            assertThatThrownBy(() -> loader.loadClass("org.eclipse.jetty.ee11.servlet.ServletApiRequest"))
                    .isInstanceOf(ClassNotFoundException.class);
            var constructor = loader.loadClass(Asked.class.getName()).getDeclaredConstructor();
            constructor.setAccessible(true);

            assertThat(((Supplier<?>) constructor.newInstance()).get()).isEqualTo("192.0.2.7 [203.0.113.1] 4711");
        }
    }
}
