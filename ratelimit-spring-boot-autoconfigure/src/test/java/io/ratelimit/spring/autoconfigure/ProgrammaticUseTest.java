package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.RateLimiter;
import io.ratelimit.RateLimiterRegistry;
import io.ratelimit.RuleLimiter;
import io.ratelimit.identity.Identity;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.rule.RuleSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
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
                        - {id: visit, key: ip, limit: 1/1h}
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
        runner.run(context -> assertThat(context.getSourceApplicationContext()
                        .getBeanFactory()
                        .containsSingleton("io.ratelimit.limiter.sms"))
                .isFalse());
    }

    @Configuration(proxyBeanMethods = false)
    static class Unqualified {
        @Bean
        Sender sender(RateLimiter limiter) {
            return new Sender(limiter);
        }
    }

    @Test
    void leavesInjectionWithoutAQualifierToTheLimiterOfTheApplication() {
        try (RateLimiter own = RateLimiter.inMemory(Limit.parse("10/1s"))) {
            runner.withBean("tokens", RateLimiter.class, () -> own)
                    .withUserConfiguration(Unqualified.class)
                    .run(context ->
                            assertThat(context.getBean(Sender.class).limiter()).isSameAs(own));
        }
    }

    @Test
    void injectsTheLimiterOfNoRuleWhereNoneIsNamed() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(RateLimitAutoConfiguration.class))
                .withInitializer(Yaml.of("ratelimit: {backend: memory, rules: [{id: sms, limit: 2/1h}]}"))
                .withUserConfiguration(Unqualified.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasRootCauseInstanceOf(NoSuchBeanDefinitionException.class)
                        .rootCause()
                        .hasMessageContaining(RateLimiter.class.getName()));
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8:1:2::/64, 2001:db8:1:2::7",
        "2001:db8:1:2::/64, 2001:DB8:1:2:ffff:0:0:9",
        "2001:db8:1:2::/64, 2001:db8:1:2::/64",
        "192.0.2.1, 192.0.2.1",
        "192.0.2.1, ::ffff:192.0.2.1",
        "unknown, unknown",
        "not an address, not an address",
    })
    void countsAnAddressAsTheWebDoes(String onTheWeb, String inCode) {
        runner.run(context -> {
            RuleSet rules = context.getBean(RuleSet.class);
            String owner = context.getBean(IdentityDigest.class).of(Identity.ofIp(onTheWeb));
            RuleDemand one = RuleDemand.of(rules.find("visit").orElseThrow(), owner, null, 1, Mode.ENFORCE)
                    .orElseThrow();
            context.getBean(RuleLimiter.class)
                    .acquire(List.of(one))
                    .toCompletableFuture()
                    .join();

            RateLimiter visit = context.getBean(RateLimiterRegistry.class).limiter("visit");

            assertThat(visit.tryAcquire(inCode)).isFalse();
            assertThat(visit.tryAcquire("2001:db8:1:3::7")).as("another block").isTrue();
        });
    }
}
