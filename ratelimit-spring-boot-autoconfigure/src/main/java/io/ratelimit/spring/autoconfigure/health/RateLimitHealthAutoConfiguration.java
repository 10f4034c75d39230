package io.ratelimit.spring.autoconfigure.health;

import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.rule.RulesInForce;
import io.ratelimit.spring.actuate.RateLimitHealthIndicator;
import io.ratelimit.spring.annotation.AnnotatedRuleUse;
import io.ratelimit.spring.autoconfigure.BackendChoice;
import io.ratelimit.spring.autoconfigure.ConditionalOnRateLimit;
import io.ratelimit.spring.configuration.RateLimitProperties;
import io.ratelimit.store.LimitStore;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Tells the health of the limiter as {@code rateLimit}. */
@AutoConfiguration(
        afterName = "io.ratelimit.spring.autoconfigure.RateLimitAutoConfiguration",
        beforeName =
                "org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration")
@ConditionalOnRateLimit
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean({BackendChoice.class, RulesInForce.class})
final class RateLimitHealthAutoConfiguration {
    @Bean
    @ConditionalOnEnabledHealthIndicator("rate-limit")
    @ConditionalOnMissingBean(name = "rateLimitHealthIndicator")
    RateLimitHealthIndicator rateLimitHealthIndicator(
            BackendChoice backend,
            LimitStore store,
            RateLimitProperties properties,
            RulesInForce rules,
            ObjectProvider<AnnotatedRuleUse> annotations) {
        return new RateLimitHealthIndicator(
                backend.id(), store, properties.mode(), () -> inForce(rules.rules(), annotations.getIfAvailable()));
    }

    private static List<Rule> inForce(RuleSet rules, @Nullable AnnotatedRuleUse annotations) {
        List<Rule> inForce = new ArrayList<>(rules.all());
        if (annotations != null) {
            inForce.addAll(annotations.ownRules());
        }
        return inForce;
    }
}
