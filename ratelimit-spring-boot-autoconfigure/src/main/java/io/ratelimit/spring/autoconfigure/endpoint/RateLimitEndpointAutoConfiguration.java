package io.ratelimit.spring.autoconfigure.endpoint;

import io.ratelimit.RuleLimiter;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.identity.IdentityResolver;
import io.ratelimit.rule.RulesInForce;
import io.ratelimit.spring.actuate.Counters;
import io.ratelimit.spring.actuate.RateLimitEndpoint;
import io.ratelimit.spring.actuate.RequestExplainer;
import io.ratelimit.spring.actuate.RuleOverview;
import io.ratelimit.spring.actuate.ServletRequestExplainer;
import io.ratelimit.spring.actuate.TopIdentities;
import io.ratelimit.spring.annotation.AnnotatedRuleUse;
import io.ratelimit.spring.autoconfigure.BackendChoice;
import io.ratelimit.spring.autoconfigure.ConditionalOnRateLimit;
import io.ratelimit.spring.configuration.RateLimitProperties;
import io.ratelimit.spring.web.servlet.RateLimitWeb;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Offers the endpoint {@code ratelimit} where it is exposed. */
@AutoConfiguration(
        afterName = {
            "io.ratelimit.spring.autoconfigure.RateLimitAutoConfiguration",
            "io.ratelimit.spring.autoconfigure.annotation.RateLimitedAutoConfiguration",
            "io.ratelimit.spring.autoconfigure.web.RateLimitWebAutoConfiguration"
        })
@ConditionalOnRateLimit
@ConditionalOnClass({WebEndpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBean(RuleLimiter.class)
final class RateLimitEndpointAutoConfiguration {
    @Bean("io.ratelimit.rateLimitEndpoint")
    @ConditionalOnAvailableEndpoint(RateLimitEndpoint.class)
    @ConditionalOnMissingBean
    RateLimitEndpoint rateLimitEndpoint(
            RuleOverview rules,
            RuleLimiter limiter,
            IdentityResolver identities,
            IdentityDigest digest,
            TopIdentities top,
            ObjectProvider<RequestExplainer> explainer) {
        return new RateLimitEndpoint(
                rules, new Counters(rules, limiter, identities, digest), top, explainer.getIfAvailable());
    }

    @Bean("io.ratelimit.rateLimitTopIdentities")
    @ConditionalOnAvailableEndpoint(RateLimitEndpoint.class)
    TopIdentities rateLimitTopIdentities() {
        return new TopIdentities();
    }

    @Bean("io.ratelimit.rateLimitRuleOverview")
    @ConditionalOnAvailableEndpoint(RateLimitEndpoint.class)
    RuleOverview rateLimitRuleOverview(
            BackendChoice backend,
            RateLimitProperties properties,
            RulesInForce rules,
            ObjectProvider<AnnotatedRuleUse> annotations) {
        return new RuleOverview(backend.id(), properties.mode(), rules, () -> {
            AnnotatedRuleUse use = annotations.getIfAvailable();
            return use == null ? List.of() : use.ownRules();
        });
    }

    /** Requests can be explained where there are any. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HttpServletRequest.class)
    @ConditionalOnBean(RateLimitWeb.class)
    static class Web {
        @Bean("io.ratelimit.rateLimitRequestExplainer")
        @ConditionalOnAvailableEndpoint(RateLimitEndpoint.class)
        RequestExplainer rateLimitRequestExplainer(RateLimitWeb web, RuleLimiter limiter) {
            return new ServletRequestExplainer(web, limiter);
        }
    }
}
