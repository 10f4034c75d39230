package io.ratelimit.spring.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.spring.autoconfigure.Yaml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

/** What stands in the console of an application that does not start. */
@ExtendWith(OutputCaptureExtension.class)
class StartFailureTest {
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    @Test
    void isTheMessageAndNeitherAStackTraceNorWordsOfTheServer(CapturedOutput output) {
        assertThatThrownBy(() -> new SpringApplicationBuilder(Application.class)
                        .initializers(Yaml.of("ratelimit: {rules: [{id: login, path: /login, limit: 5/1x}]}"))
                        .properties("server.port=0", "spring.main.banner-mode=off")
                        .run())
                .hasRootCauseInstanceOf(InvalidRateLimitConfigurationException.class);
        assertThat(output)
                .contains(
                        "APPLICATION FAILED TO START",
                        "ratelimit.rules[0].limit: \"5/1x\"",
                        "Correct the property above; the example shows a right value.")
                .doesNotContain("\tat ", "Unable to start web server", "Tomcat");
    }
}
