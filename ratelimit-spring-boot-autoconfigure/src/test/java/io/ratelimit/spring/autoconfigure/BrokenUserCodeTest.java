package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.noop.NoopCounter;
import io.micrometer.core.instrument.noop.NoopTimer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.ratelimit.RateLimitListener;
import io.ratelimit.identity.ApiKeyRegistry;
import io.ratelimit.identity.IdentityErrorListener;
import io.ratelimit.identity.TierResolver;
import io.ratelimit.spring.actuate.RateLimitDeniedEvent;
import io.ratelimit.spring.decision.LimiterErrorListener;
import io.ratelimit.spring.web.servlet.KeyResolver;
import io.ratelimit.spring.web.servlet.RateLimitResponseCustomizer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** Whatever code of the application throws or leaves out, limits hold and no request fails for it. */
class BrokenUserCodeTest {
    private static final String RULES = """
            ratelimit:
              backend: memory
              tiers: {premium: 9/1h}
              rules:
                - {id: throwing, path: /throwing, key: throwingResolver, limit: 2/1h}
                - {id: absent, path: /absent, key: absentResolver, limit: 2/1h}
                - {id: defective, path: /defective, key: defectiveResolver, limit: 2/1h}
                - {id: api-key, path: /api-key, limit: 2/1h, tiered: true}
                - {id: cost, path: /cost, limit: 2/1h, cost: "#headers['x-cost'].length()"}
            """;

    private final ConfigurableApplicationContext context = new SpringApplicationBuilder(Broken.class)
            .initializers(Yaml.of(RULES))
            .properties("server.port=0", "spring.main.banner-mode=off", "logging.level.root=WARN")
            .run();

    @AfterEach
    void stop() {
        context.close();
    }

    private int status(String path) {
        RestClient client =
                RestClient.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port"));
        return client.get()
                .uri(path)
                .header("X-API-Key", "anything")
                .exchange((request, response) -> response.getStatusCode().value());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/throwing", "/absent", "/defective", "/api-key", "/cost"})
    void admitsAsManyAsTheLimitAndDeniesTheRest(String path) {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            statuses.add(status(path));
        }
        assertThat(statuses).as(path).containsExactly(200, 200, 429, 429);
    }

    @Test
    void doesNotTouchWhatIsNotLimited() {
        assertThat(status("/free")).isEqualTo(200);
    }

    private static IllegalStateException broken() {
        return new IllegalStateException("this is broken on purpose");
    }

    @RestController
    static class Controller {
        @GetMapping({"/throwing", "/absent", "/defective", "/api-key", "/cost", "/free"})
        String serve() {
            return "served";
        }
    }

    /** Has a counter and a timer for everything, of which none works. */
    private static final class BrokenRegistry extends SimpleMeterRegistry {
        private static boolean isOurs(Meter.Id id) {
            return id.getName().startsWith("ratelimit.");
        }

        @Override
        protected Counter newCounter(Meter.Id id) {
            return !isOurs(id)
                    ? super.newCounter(id)
                    : new NoopCounter(id) {
                        @Override
                        public void increment(double amount) {
                            throw broken();
                        }
                    };
        }

        @Override
        protected Timer newTimer(Meter.Id id, DistributionStatisticConfig config, PauseDetector pauses) {
            return !isOurs(id)
                    ? super.newTimer(id, config, pauses)
                    : new NoopTimer(id) {
                        @Override
                        public void record(long amount, TimeUnit unit) {
                            throw broken();
                        }
                    };
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            exclude = {
                SecurityAutoConfiguration.class,
                ServletWebSecurityAutoConfiguration.class,
                SecurityFilterAutoConfiguration.class,
                UserDetailsServiceAutoConfiguration.class,
                ManagementWebSecurityAutoConfiguration.class
            })
    @Import(Controller.class)
    static class Broken {
        @Bean
        MeterRegistry registry() {
            return new BrokenRegistry();
        }

        @Bean
        KeyResolver throwingResolver() {
            return request -> {
                throw broken();
            };
        }

        @Bean
        KeyResolver absentResolver() {
            return request -> null;
        }

        @Bean
        KeyResolver defectiveResolver() {
            return request -> {
                throw new NoClassDefFoundError("a library that is missing");
            };
        }

        @Bean
        ApiKeyRegistry keys() {
            return hash -> {
                throw broken();
            };
        }

        @Bean
        TierResolver tiers() {
            return user -> {
                throw broken();
            };
        }

        @Bean
        RateLimitResponseCustomizer customizer() {
            return (denial, request, response) -> {
                throw new NoClassDefFoundError("a library that is missing");
            };
        }

        @Bean
        RateLimitListener listener() {
            return (decision, took) -> {
                throw broken();
            };
        }

        @Bean
        IdentityErrorListener identityErrors() {
            return (kind, failure) -> {
                throw broken();
            };
        }

        @Bean
        LimiterErrorListener webErrors() {
            return (error, cause) -> {
                throw new AssertionError("this is broken on purpose");
            };
        }

        @EventListener
        void denied(RateLimitDeniedEvent event) {
            throw broken();
        }
    }
}
