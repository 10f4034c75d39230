package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/** A management port of its own, which is another server in front of the same rules. */
class ManagementPortTest {
    private static final String JETTY =
            "org.springframework.boot.jetty.autoconfigure.actuate.web.server.JettyServletManagementContextAutoConfiguration";

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            exclude = {ServletWebSecurityAutoConfiguration.class, ManagementWebSecurityAutoConfiguration.class})
    static class WithoutSecurity {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class WithSecurity {
        @Bean
        SecurityFilterChain everythingIsOpen(HttpSecurity http) {
            return http.authorizeHttpRequests(all -> all.anyRequest().permitAll())
                    .build();
        }
    }

    private static final String RULES = """
            ratelimit:
              backend: memory
              rules:
                - {id: actuator, path: "/actuator/**", limit: 2/1h, key: ip}
                - {id: renamed, path: "/info", limit: 2/1h, key: ip}
              default: {limit: 3/1h}
            """;

    private static ConfigurableApplicationContext start(Class<?> application, String... more) {
        return new SpringApplicationBuilder(application)
                .initializers(Yaml.of(String.join("\n", more)))
                .properties(
                        "server.port=0",
                        "management.server.port=0",
                        "management.endpoints.web.exposure.include=*",
                        // Beside Tomcat on the class path of the tests, and of no application.
                        "spring.autoconfigure.exclude=" + JETTY,
                        "spring.main.banner-mode=off",
                        "logging.level.root=WARN")
                .run();
    }

    private static HttpResponse<String> get(ConfigurableApplicationContext context, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create("http://localhost:" + context.getEnvironment().getProperty("local.management.port") + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static List<Integer> statuses(ConfigurableApplicationContext context, int times, String path)
            throws IOException, InterruptedException {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            statuses.add(get(context, path).statusCode());
        }
        return statuses;
    }

    @ParameterizedTest
    @ValueSource(classes = {WithoutSecurity.class, WithSecurity.class})
    void rulesHoldThereToo(Class<?> application) throws Exception {
        try (ConfigurableApplicationContext context = start(application, RULES)) {
            assertThat(statuses(context, 4, "/actuator/info")).containsExactly(200, 200, 429, 429);
            assertThat(get(context, "/actuator/info").headers().firstValue("X-RateLimit-Limit"))
                    .contains("2");
            assertThat(statuses(context, 4, "/elsewhere")).as("the default").containsExactly(404, 404, 404, 429);
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {WithoutSecurity.class, WithSecurity.class})
    void theBlockedAreRefusedThere(Class<?> application) throws Exception {
        try (ConfigurableApplicationContext context = start(
                application, "ratelimit: {backend: memory, identity: {blocked: {addresses: [127.0.0.1, \"::1\"]}}}")) {
            assertThat(statuses(context, 2, "/actuator/info")).containsExactly(403, 403);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/actuator, health, /actuator/health",
        "/, health, /health",
        "/manage, health, /manage/health",
        "/, healthz, /healthz",
        "/actuator, up, /actuator/up"
    })
    void probesAreNotLimitedWhereverTheyAreMapped(String basePath, String health, String path) throws Exception {
        try (ConfigurableApplicationContext context = start(
                WithoutSecurity.class,
                RULES,
                "management.endpoints.web: {base-path: " + basePath + ", path-mapping.health: " + health + "}")) {
            assertThat(statuses(context, 6, path)).containsOnly(200);
            assertThat(statuses(context, 6, path + "/liveness")).doesNotContain(429);
            assertThat(statuses(context, 6, path + "/../env"))
                    .as("no way around")
                    .contains(429);
        }
    }

    @Test
    void probesAreLimitedIfNothingIsExcluded() throws Exception {
        try (ConfigurableApplicationContext context = start(WithoutSecurity.class, RULES, "ratelimit.exclude: []")) {
            assertThat(statuses(context, 3, "/actuator/health")).containsExactly(200, 200, 429);
        }
    }

    @Test
    void pathsAreThoseBehindTheBasePathOfTheServer() throws Exception {
        try (ConfigurableApplicationContext context =
                start(WithoutSecurity.class, RULES, "management.server.base-path: /admin")) {
            assertThat(statuses(context, 3, "/admin/actuator/info")).containsExactly(200, 200, 429);
            assertThat(statuses(context, 6, "/admin/actuator/health")).containsOnly(200);
        }
    }

    @Test
    void explainTellsWhatHoldsThere() throws Exception {
        try (ConfigurableApplicationContext context = start(WithSecurity.class, RULES)) {
            String info = "/actuator/ratelimit/explain?path=/actuator/info&address=192.0.2.1";

            assertThat(get(context, info).body()).contains("\"rule\":\"actuator\"", "\"standing\":\"limited\"");
            assertThat(get(context, info).headers().firstValue("X-RateLimit-Remaining"))
                    .contains("0");
        }
    }

    @Test
    void noClientChoosesItsAddressThere() throws Exception {
        try (ConfigurableApplicationContext context =
                start(WithoutSecurity.class, RULES, "server.forward-headers-strategy: native")) {
            List<Integer> statuses = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                statuses.add(get(context, "/actuator/info", "X-Forwarded-For", "192.0.2." + i)
                        .statusCode());
            }
            assertThat(statuses).containsExactly(200, 200, 429, 429);
        }
    }
}
