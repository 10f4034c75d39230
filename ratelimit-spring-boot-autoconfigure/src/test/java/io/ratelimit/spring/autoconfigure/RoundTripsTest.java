package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.redis.testing.TcpProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
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
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** What a request costs between the application and Redis, seen from the wire. */
class RoundTripsTest {
    private static final int REQUESTS = 10;

    private final TcpProxy proxy = TcpProxy.to(RedisFixture.shared());

    @AfterEach
    void closeProxy() {
        proxy.close();
    }

    @Test
    void costsOneRoundTripHoweverManyRulesAndLimitsApply() {
        try (ConfigurableApplicationContext context = start(WithoutSecurity.class)) {
            assertThat(roundTripsOf(context, "/many"))
                    .as("for %d requests", REQUESTS)
                    .isEqualTo(REQUESTS);
        }
    }

    @Test
    void costsOneRoundTripForEachPhaseWhereUsersAreAuthenticatedInBetween() {
        try (ConfigurableApplicationContext context = start(WithSecurity.class)) {
            assertThat(roundTripsOf(context, "/many"))
                    .as("for %d requests", REQUESTS)
                    .isEqualTo(2 * REQUESTS);
            assertThat(roundTripsOf(context, "/early"))
                    .as("with early rules alone")
                    .isEqualTo(REQUESTS);
        }
    }

    @Test
    void costsNothingWhereNothingIsLimited() {
        try (ConfigurableApplicationContext context = start(WithoutSecurity.class)) {
            assertThat(roundTripsOf(context, "/free")).isZero();
        }
    }

    private long roundTripsOf(ConfigurableApplicationContext context, String path) {
        RestClient client =
                RestClient.create("http://localhost:" + context.getEnvironment().getProperty("local.server.port"));
        assertThat(client.get().uri(path).retrieve().body(String.class)).isEqualTo("served");
        long before = proxy.roundTrips();
        for (int i = 0; i < REQUESTS; i++) {
            assertThat(client.get().uri(path).retrieve().body(String.class)).isEqualTo("served");
        }
        return proxy.roundTrips() - before;
    }

    private ConfigurableApplicationContext start(Class<?> application) {
        return new SpringApplicationBuilder(application)
                .initializers(Yaml.of("""
                        ratelimit:
                          namespace: %s
                          redis: {timeout: 5s, circuit-breaker: {slow-call-duration: 5s}, fallback: {instances: 1}}
                          rules:
                            - {id: address, path: /many, key: ip, limits: [{limit: 100/1h}, {limit: 1000/1d}, {limit: 9000/30d}]}
                            - {id: everybody, paths: [/many, /early], key: global, limit: 100/1h, algorithm: sliding-log}
                            - {id: anyone, path: /many, limit: 100/1h, algorithm: sliding-counter}
                            - {id: watched, path: /many, limit: 1/1h, mode: shadow}
                            - {id: user, path: /many, key: user, limits: [{limit: 100/1h}, {limit: 500/1h, algorithm: fixed-window}]}
                        """.formatted(RedisFixture.shared().newNamespace())))
                .properties(
                        "server.port=0",
                        "spring.main.banner-mode=off",
                        "logging.level.root=WARN",
                        "spring.data.redis.host=" + proxy.host(),
                        "spring.data.redis.port=" + proxy.port())
                .run();
    }

    @RestController
    static class Controller {
        @GetMapping({"/many", "/early", "/free"})
        String serve() {
            return "served";
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
    static class WithoutSecurity {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Controller.class)
    static class WithSecurity {
        @Bean
        SecurityFilterChain everythingIsOpen(HttpSecurity http) {
            return http.authorizeHttpRequests(all -> all.anyRequest().permitAll())
                    .build();
        }
    }
}
