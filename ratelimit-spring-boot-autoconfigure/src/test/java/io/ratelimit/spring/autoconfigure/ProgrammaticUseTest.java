package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.RateLimiter;
import io.ratelimit.RateLimiterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Rules that a service, a listener or a job enforces itself. */
class ProgrammaticUseTest {
    record Sender(RateLimiter limiter) {}

    @Configuration(proxyBeanMethods = false)
    static class Application {
        @Bean
        Sender sender(@Qualifier("sms") RateLimiter limiter) {
            return new Sender(limiter);
        }
    }

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(RateLimitAutoConfiguration.class))
            .withInitializer(Yaml.of("""
                    ratelimit:
                      backend: memory
                      rules:
                        - {id: sms, key: user, limit: 2/1h}
                        - {id: mail, key: user, limit: 1/1h}
                    """));

    @Test
    void injectsTheLimiterOfARuleByItsId() {
        runner.withUserConfiguration(Application.class).run(context -> {
            RateLimiter limiter = context.getBean(Sender.class).limiter();

            assertThat(limiter.name()).isEqualTo("sms");
            assertThat(limiter.tryAcquire("alice")).isTrue();
            assertThat(limiter.tryAcquire("alice")).isTrue();
            assertThat(limiter.tryAcquire("alice")).isFalse();
            assertThat(context.getBean(RateLimiterRegistry.class).limiter("sms").tryAcquire("alice"))
                    .as("the same counter by name")
                    .isFalse();
            assertThat(context.getBean(RateLimiterRegistry.class)
                            .limiter("mail")
                            .tryAcquire("alice"))
                    .isTrue();
        });
    }

    @Test
    void leavesTheLimitersUnmadeUntilTheyAreAskedFor() {
        runner.run(context -> assertThat(
                        context.getSourceApplicationContext().getBeanFactory().containsSingleton("rateLimiter.sms"))
                .isFalse());
    }
}
