package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.failover.CircuitState;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.spring.actuate.CircuitEvents;
import io.ratelimit.spring.actuate.RateLimitCircuitEvent;
import io.ratelimit.spring.actuate.RateLimitDeniedEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** When Tomcat stops, it tells of every thread that a request has left behind, also of one that is about to end. */
class QuietShutdownTest {
    private static final RedisFixture REDIS = RedisFixture.shared();

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            exclude = {
                SecurityAutoConfiguration.class,
                UserDetailsServiceAutoConfiguration.class,
                ManagementWebSecurityAutoConfiguration.class,
                SecurityFilterAutoConfiguration.class,
                ServletWebSecurityAutoConfiguration.class
            })
    @RestController
    static class Application {
        final Map<Class<?>, ClassLoader> heard = new ConcurrentHashMap<>();
        final CountDownLatch closed = new CountDownLatch(1);
        private final ObjectProvider<CircuitEvents> circuit;

        Application(ObjectProvider<CircuitEvents> circuit) {
            this.circuit = circuit;
        }

        @Bean
        TomcatServletWebServerFactory tomcat() {
            return new TomcatServletWebServerFactory();
        }

        @GetMapping({"/once", "/slowly"})
        String handle() {
            return "handled";
        }

        @GetMapping("/opens")
        String open() {
            circuit.getObject().circuitChanged(CircuitState.OPEN, null);
            return "opened";
        }

        @EventListener
        void denied(RateLimitDeniedEvent event) {
            listen(RateLimitDeniedEvent.class);
        }

        @EventListener
        void changed(RateLimitCircuitEvent event) {
            listen(RateLimitCircuitEvent.class);
        }

        /** Works on, whatever interrupts it, until the application is closed. */
        private void listen(Class<?> event) {
            heard.put(event, Thread.currentThread().getContextClassLoader());
            while (closed.getCount() > 0) {
                LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
            }
        }
    }

    private static ConfigurableApplicationContext start(String... properties) {
        return new SpringApplicationBuilder(Application.class)
                .initializers(Yaml.of("""
                        ratelimit:
                          rules:
                            - {id: once, path: /once, limit: 1/1h, key: ip}
                            - {id: slowly, path: /slowly, limit: 5/1s burst 5, algorithm: leaky-bucket, key: ip}
                        """))
                .properties("server.port=0", "spring.main.banner-mode=off", "logging.level.root=WARN")
                .properties(properties)
                .run();
    }

    private static void get(ConfigurableApplicationContext context, String path) {
        RestClient.builder()
                .baseUrl("http://localhost:" + context.getEnvironment().getProperty("local.server.port"))
                .defaultStatusHandler(HttpStatusCode::isError, (request, response) -> {})
                .build()
                .get()
                .uri(path)
                .retrieve()
                .toBodilessEntity();
    }

    private static void assertQuietlyClosed(ConfigurableApplicationContext context) {
        Logger tomcat = Logger.getLogger("org.apache.catalina");
        Complaints complaints = new Complaints();
        Application application = context.getBean(Application.class);
        tomcat.addHandler(complaints);
        try {
            context.close();
        } finally {
            tomcat.removeHandler(complaints);
            application.closed.countDown();
        }
        assertThat(complaints.messages).as("what Tomcat says of our threads").isEmpty();
    }

    /** Where Tomcat logs: Boot has taken down the way to the application's log before Tomcat stops. */
    private static final class Complaints extends Handler {
        final List<String> messages = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord line) {
            if (line.getLevel().intValue() >= Level.WARNING.intValue()
                    && line.getMessage().contains("[ratelimit-")) {
                messages.add(line.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    private static void deny(ConfigurableApplicationContext context) {
        get(context, "/once");
        get(context, "/once");
        awaitEvent(context, RateLimitDeniedEvent.class);
    }

    private static void awaitEvent(ConfigurableApplicationContext context, Class<?> event) {
        Map<Class<?>, ClassLoader> heard = context.getBean(Application.class).heard;
        await().untilAsserted(() -> assertThat(heard)
                .as("the class loader that a listener finds")
                .containsEntry(event, context.getBeanFactory().getBeanClassLoader()));
    }

    @Test
    void stopsQuietlyAfterADenial() {
        ConfigurableApplicationContext context = start("ratelimit.backend=memory");
        deny(context);

        assertQuietlyClosed(context);
    }

    @Test
    void stopsQuietlyAfterARequestHasWaitedForItsTurn() {
        ConfigurableApplicationContext context = start("ratelimit.backend=memory");
        get(context, "/slowly");
        get(context, "/slowly");

        assertQuietlyClosed(context);
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "true"})
    void stopsQuietlyWithRedisAfterTheCircuitHasOpened(String lazy) {
        ConfigurableApplicationContext context = start(
                "spring.main.lazy-initialization=" + lazy,
                "ratelimit.namespace=" + REDIS.newNamespace(),
                "spring.data.redis.host=" + REDIS.host(),
                "spring.data.redis.port=" + REDIS.port());
        deny(context);
        get(context, "/opens");
        awaitEvent(context, RateLimitCircuitEvent.class);

        assertQuietlyClosed(context);
    }
}
