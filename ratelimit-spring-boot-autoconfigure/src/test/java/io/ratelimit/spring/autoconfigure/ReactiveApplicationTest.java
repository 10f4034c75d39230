package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.ratelimit.RateLimitExceededException;
import io.ratelimit.spring.annotation.RateLimited;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** An application whose requests no filter sees. */
class ReactiveApplicationTest {
    @RestController
    static class Quotes {
        @GetMapping("/quote")
        @RateLimited("5/1m")
        public String quote() {
            return "quote";
        }

        @GetMapping("/later")
        @RateLimited("5/1m")
        public Mono<String> later() {
            return Mono.just("later");
        }

        @GetMapping("/free")
        public String free() {
            return "free";
        }
    }

    @RestController
    @RateLimited("5/1m")
    static class Jokes {
        @GetMapping("/joke")
        String joke() {
            return "joke";
        }
    }

    static class Mailer {
        @RateLimited("5/1m")
        public void send() {}
    }

    private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(Startup.ours()))
            .withInitializer(Yaml.of("ratelimit: {backend: memory}"));

    @Test
    void limitsNoHandlerAndNamesThoseThatAskForIt() {
        try (LogLines lines = LogLines.from("io.ratelimit")) {
            runner.withBean(Quotes.class).withBean(Jokes.class).run(context -> {
                assertThat(context).hasNotFailed();
                Quotes quotes = context.getBean(Quotes.class);
                for (int i = 0; i < 10; i++) {
                    assertThat(quotes.quote()).isEqualTo("quote");
                    assertThat(quotes.later().block()).isEqualTo("later");
                    assertThat(context.getBean(Jokes.class).joke()).isEqualTo("joke");
                }
                assertThat(lines.at(Level.WARN))
                        .singleElement()
                        .asString()
                        .startsWith("This is a reactive web application: ratelimit enforces nothing on its requests")
                        .contains("Quotes.quote()", "Quotes.later()", "Jokes.joke()")
                        .doesNotContain("free");
            });
        }
    }

    @Test
    void limitsCallsOfOtherBeans() {
        runner.withBean(Mailer.class).run(context -> {
            Mailer mailer = context.getBean(Mailer.class);
            for (int i = 0; i < 5; i++) {
                mailer.send();
            }
            assertThatThrownBy(mailer::send).isInstanceOf(RateLimitExceededException.class);
        });
    }
}
