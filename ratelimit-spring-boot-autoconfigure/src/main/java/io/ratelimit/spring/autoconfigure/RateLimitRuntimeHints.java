package io.ratelimit.spring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;

/** What a native image has to keep that no reference leads to. The binding of properties has hints of Boot's own. */
final class RateLimitRuntimeHints implements RuntimeHintsRegistrar {
    private static final String SERVLET_REQUEST = "jakarta.servlet.http.HttpServletRequest";
    private static final String JETTY_REQUEST = "org.eclipse.jetty.ee11.servlet.ServletApiRequest";

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        hints.resources().registerPattern("io/ratelimit/redis/*.lua");
        // The endpoint explains requests that nobody has made.
        hints.proxies().registerJdkProxy(TypeReference.of(SERVLET_REQUEST));
        // Whether Jetty is there is asked by name.
        hints.reflection().registerTypeIfPresent(classLoader, JETTY_REQUEST);
        // So are the libraries of Redis, and an image that does not find them refuses to start with that backend.
        RedisFinder.classesAskedForByName()
                .forEach(library -> hints.reflection().registerTypeIfPresent(classLoader, library));
    }
}
