package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.ratelimit.RateLimitExceededException;
import io.ratelimit.rule.Rule;
import io.ratelimit.spring.annotation.RateLimited;
import io.ratelimit.spring.web.HandlerRules;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.method.HandlerMethod;

/** Annotations where nothing but the starter and YAML is there. */
@ExtendWith(OutputCaptureExtension.class)
class AnnotationWiringTest {
    static class Messenger {
        @RateLimited(limit = 2, window = "1h", key = "#phone")
        public String send(String phone) {
            return "sent to " + phone;
        }

        @RateLimited(limit = 1, window = "1h", key = "#phone.substring(3)")
        public void fail(String phone) {}
    }

    @RestController
    static class Quotes {
        @GetMapping("/quote")
        @RateLimited(limit = 2, window = "1h")
        String quote() {
            return "quote";
        }
    }

    static class Broken {
        @RateLimited(window = "1h")
        public void noLimit() {}
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            excludeName = {
                "org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration",
                "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration",
                "org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration",
                "org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration",
                "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration"
            })
    @Import({Messenger.class, Quotes.class})
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Broken.class)
    static class BrokenApplication {}

    @Test
    void limitsBeansAndHandlersAndCountsTheFailuresOfExpressions() {
        try (ConfigurableApplicationContext context = start(Application.class, WebApplicationType.SERVLET)) {
            Messenger messenger = context.getBean(Messenger.class);
            assertThat(messenger.send("1")).isEqualTo("sent to 1");
            assertThat(messenger.send("1")).isEqualTo("sent to 1");
            assertThat(messenger.send("2")).isEqualTo("sent to 2");
            assertThatThrownBy(() -> messenger.send("1")).isInstanceOf(RateLimitExceededException.class);
            messenger.fail("1");
            assertThat(context.getBean(MeterRegistry.class)
                            .get("ratelimit.errors")
                            .tag("kind", "key")
                            .counter()
                            .count())
                    .isEqualTo(1);

            RestClient client = RestClient.builder()
                    .baseUrl("http://localhost:" + context.getEnvironment().getProperty("local.server.port"))
                    .defaultStatusHandler(HttpStatusCode::isError, (request, response) -> {})
                    .build();
            assertThat(status(client)).isEqualTo(200);
            assertThat(status(client)).isEqualTo(200);
            assertThat(status(client)).isEqualTo(429);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Application.class, OwnHandlerRules.class})
    static class ApplicationWithHandlerRules {}

    static class OwnHandlerRules implements HandlerRules {
        @Override
        public List<Rule> rulesFor(HandlerMethod method) {
            return List.of();
        }
    }

    @Test
    void limitsHandlersAlsoWhereTheApplicationHasRulesOfItsOwnForThem() {
        try (ConfigurableApplicationContext context =
                start(ApplicationWithHandlerRules.class, WebApplicationType.SERVLET)) {
            RestClient client = RestClient.builder()
                    .baseUrl("http://localhost:" + context.getEnvironment().getProperty("local.server.port"))
                    .defaultStatusHandler(HttpStatusCode::isError, (request, response) -> {})
                    .build();
            assertThat(status(client)).isEqualTo(200);
            assertThat(status(client)).isEqualTo(200);
            assertThat(status(client)).isEqualTo(429);
        }
    }

    @Test
    void limitsBeansWithoutAnyWeb() {
        try (ConfigurableApplicationContext context = start(Application.class, WebApplicationType.NONE)) {
            Messenger messenger = context.getBean(Messenger.class);
            messenger.send("1");
            messenger.send("1");
            assertThatThrownBy(() -> messenger.send("1")).isInstanceOf(RateLimitExceededException.class);
        }
    }

    @Test
    void stopsTheStartAndNamesTheMethodOfABadAnnotation(CapturedOutput output) {
        assertThatThrownBy(() -> start(BrokenApplication.class, WebApplicationType.NONE));

        assertThat(output.toString())
                .contains("APPLICATION FAILED TO START")
                .contains("Broken.noLimit")
                .contains("Correct the annotations above")
                .doesNotContain("\tat io.ratelimit");
    }

    private static int status(RestClient client) {
        return client.get()
                .uri("/quote")
                .retrieve()
                .toBodilessEntity()
                .getStatusCode()
                .value();
    }

    private static ConfigurableApplicationContext start(Class<?> application, WebApplicationType type) {
        return new SpringApplicationBuilder(application)
                .web(type)
                .properties(
                        "ratelimit.backend=memory",
                        "server.port=0",
                        "spring.main.banner-mode=off",
                        "logging.level.root=WARN")
                .run();
    }
}
