package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.ratelimit.spring.web.servlet.RateLimitFilter;
import io.ratelimit.spring.web.servlet.RateLimitWeb;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatusCode;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** The auto-configured application, over HTTP. */
class WebWiringTest {
    @RestController
    static class Hello {
        @GetMapping("/hello")
        String hello() {
            return "hello";
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {
        @Bean
        Hello hello() {
            return new Hello();
        }

        @Bean
        SecurityFilterChain everythingIsOpen(HttpSecurity http) {
            return http.authorizeHttpRequests(all -> all.anyRequest().permitAll())
                    .build();
        }
    }

    private static ConfigurableApplicationContext start(String yaml) {
        return new SpringApplicationBuilder(Application.class)
                .initializers(Yaml.of(yaml))
                .properties("server.port=0", "spring.main.banner-mode=off", "logging.level.root=WARN")
                .run();
    }

    @Test
    void countsTellsAndRefuses() {
        try (ConfigurableApplicationContext context = start("""
                ratelimit:
                  backend: memory
                  headers: {style: both}
                  rules:
                    - {id: hello, path: /hello, limit: 2/1h, algorithm: fixed-window, key: ip}
                """)) {
            RestClient client = RestClient.builder()
                    .baseUrl("http://localhost:" + context.getEnvironment().getProperty("local.server.port"))
                    .defaultStatusHandler(HttpStatusCode::isError, (request, response) -> {})
                    .build();
            assertThat(client.get().uri("/hello").retrieve().toEntity(String.class))
                    .satisfies(answer -> {
                        assertThat(answer.getStatusCode().value()).isEqualTo(200);
                        assertThat(answer.getHeaders().getFirst("X-RateLimit-Remaining"))
                                .isEqualTo("1");
                        assertThat(answer.getHeaders().getFirst("RateLimit-Policy"))
                                .isEqualTo("\"hello\";q=2;w=3600");
                    });
            client.get().uri("/hello").retrieve().toBodilessEntity();
            assertThat(client.get().uri("/hello").retrieve().toEntity(String.class))
                    .satisfies(answer -> {
                        assertThat(answer.getStatusCode().value()).isEqualTo(429);
                        assertThat(answer.getHeaders().getFirst("Retry-After")).isNotNull();
                    });
        }
    }

    @Test
    void surroundsSpringSecurity() {
        Startup.everything("{}").run(context -> {
            assertThat(orders(context.getBeansOfType(FilterRegistrationBean.class)))
                    .containsEntry("io.ratelimit.rateLimitFilterBeforeAuthentication", -101)
                    .containsEntry("io.ratelimit.rateLimitFilterAfterAuthentication", -99);
        });
    }

    @Test
    void followsSpringSecurityToAnotherPlace() {
        Startup.everything("spring.security.filter.order: 7")
                .run(context -> assertThat(orders(context.getBeansOfType(FilterRegistrationBean.class)))
                        .containsEntry("io.ratelimit.rateLimitFilterBeforeAuthentication", 6)
                        .containsEntry("io.ratelimit.rateLimitFilterAfterAuthentication", 8));
    }

    @ParameterizedTest
    @CsvSource({
        "-2147483648, -2147483648, -2147483647, leaves no room in front",
        "2147483647, 2147483646, 2147483647, leaves no room behind"
    })
    void staysBesideSpringSecurityAtTheEndsOfTheOrder(int security, int before, int after, String warning) {
        try (LogLines lines = LogLines.from("io.ratelimit.spring.autoconfigure.web")) {
            Startup.everything("spring.security.filter.order: " + security)
                    .run(context -> assertThat(orders(context.getBeansOfType(FilterRegistrationBean.class)))
                            .containsEntry("io.ratelimit.rateLimitFilterBeforeAuthentication", before)
                            .containsEntry("io.ratelimit.rateLimitFilterAfterAuthentication", after));
            assertThat(lines.at(Level.WARN)).singleElement().asString().contains(warning);
        }
    }

    @Test
    void hasOneFilterWithoutSpringSecurity() {
        Startup.oursForTheWeb("{}")
                .withClassLoader(new FilteredClassLoader("org.springframework.security"))
                .run(context -> assertThat(orders(context.getBeansOfType(FilterRegistrationBean.class)))
                        .containsOnly(Map.entry("io.ratelimit.rateLimitFilter", -100)));
    }

    @Test
    void keepsTheConnectionsOfTomcat() {
        Startup.oursForTheWeb("{}")
                .run(context -> assertThat(context).hasBean("io.ratelimit.rateLimitKeepingCustomizer"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"org.apache.catalina", "org.springframework.boot.tomcat"})
    void startsWithoutTomcatAndJetty(String missing) {
        Startup.oursForTheWeb("{}")
                .withClassLoader(new FilteredClassLoader(missing, "org.eclipse.jetty"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(RateLimitWeb.class)
                        .doesNotHaveBean("io.ratelimit.rateLimitKeepingCustomizer"));
    }

    @Test
    void isNotThereOutsideTheWeb() {
        Startup.oursWithoutWeb("{}").run(context -> assertThat(context).doesNotHaveBean(RateLimitWeb.class));
    }

    @SuppressWarnings("rawtypes")
    private static Map<String, Integer> orders(Map<String, FilterRegistrationBean> registrations) {
        Map<String, Integer> orders = new java.util.TreeMap<>();
        registrations.forEach((name, registration) -> {
            if (registration.getFilter() instanceof RateLimitFilter) {
                orders.put(name, registration.getOrder());
            }
        });
        return orders;
    }
}
