package io.ratelimit.spring.autoconfigure;

import io.ratelimit.RateLimiterRegistry;
import io.ratelimit.RuleLimiter;
import io.ratelimit.identity.AccessList;
import io.ratelimit.identity.AccessLists;
import io.ratelimit.identity.ApiKeyRegistry;
import io.ratelimit.identity.ApiKeySettings;
import io.ratelimit.identity.ApiKeys;
import io.ratelimit.identity.ClientAddress;
import io.ratelimit.identity.ClientAddressSettings;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.identity.IdentityErrorListener;
import io.ratelimit.identity.IdentityResolver;
import io.ratelimit.identity.TierResolver;
import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.rule.RulesInForce;
import io.ratelimit.spring.configuration.RateLimitConfigurationReader;
import io.ratelimit.spring.web.HandlerRules;
import io.ratelimit.spring.web.RequestGate;
import io.ratelimit.spring.web.WebSettings;
import io.ratelimit.spring.web.servlet.RateLimitWeb;
import io.ratelimit.spring.web.servlet.RequestRules;
import io.ratelimit.store.LimitStore;
import jakarta.servlet.Filter;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * What an application may inject, where limits are switched off: everything is there and admits. Of the configuration only
 * the ids of the rules are read, so that a mistake in it cannot keep an application from starting that is switched off
 * because of that mistake.
 */
@AutoConfiguration
@Conditional(OnRateLimitDisabledCondition.class)
final class SwitchedOffAutoConfiguration {
    /** The largest that a second takes. Nobody counts against it, but programs may look at what remains. */
    private static final Limit ANY = Limit.parse("1000000000/1s");

    private static final IdentityErrorListener NOBODY = (kind, failure) -> {};

    @Bean("io.ratelimit.rateLimitRules")
    @ConditionalOnMissingBean
    RuleSet rateLimitRules(Environment environment) {
        List<Rule> rules = Stream.concat(
                        RateLimitConfigurationReader.ruleIds(environment).stream(),
                        Stream.of(RateLimitConfigurationReader.DEFAULT_ID))
                .distinct()
                .map(id -> Rule.named(id).limits(ANY).build())
                .toList();
        return new RuleSet(rules, null, null);
    }

    @Bean("io.ratelimit.rateLimitRulesInForce")
    RulesInForce rateLimitRulesInForce(RuleSet rules) {
        return new RulesInForce(rules);
    }

    @Bean("io.ratelimit.rateLimitStore")
    @ConditionalOnMissingBean
    LimitStore rateLimitStore() {
        return new AdmittingStore();
    }

    /** Never over a store of the application's: what is switched off asks nobody. */
    @Bean("io.ratelimit.rateLimitRuleLimiter")
    @ConditionalOnMissingBean
    RuleLimiter rateLimitRuleLimiter() {
        return new RuleLimiter(new AdmittingStore(), List.of());
    }

    @Bean("io.ratelimit.rateLimitIdentityDigest")
    @ConditionalOnMissingBean
    IdentityDigest rateLimitIdentityDigest() {
        return IdentityDigest.sha256();
    }

    @Bean("io.ratelimit.rateLimitApiKeyRegistry")
    @ConditionalOnMissingBean
    ApiKeyRegistry rateLimitApiKeyRegistry() {
        return ApiKeyRegistry.of(Map.of());
    }

    @Bean("io.ratelimit.rateLimitIdentityResolver")
    @ConditionalOnMissingBean
    IdentityResolver rateLimitIdentityResolver(ApiKeyRegistry registry, ObjectProvider<TierResolver> tiers) {
        return new IdentityResolver(
                IdentityResolver.DEFAULT_ORDER,
                new ApiKeys(ApiKeySettings.defaults(), registry, NOBODY),
                new ClientAddress(ClientAddressSettings.defaults()),
                tiers.getIfAvailable(),
                NOBODY);
    }

    @Bean("io.ratelimit.rateLimitAccessLists")
    @ConditionalOnMissingBean
    AccessLists rateLimitAccessLists(IdentityResolver resolver) {
        return new AccessLists(resolver, AccessList.empty(), AccessList.empty());
    }

    @Bean("io.ratelimit.rateLimiterRegistry")
    @ConditionalOnMissingBean
    RateLimiterRegistry rateLimiterRegistry(
            RulesInForce rules, RuleLimiter limiter, IdentityResolver identities, IdentityDigest digest) {
        return new RateLimiterRegistry(rules, Mode.OFF, limiter, identities, digest);
    }

    @Bean(NamedLimiters.BEAN_NAME)
    NamedLimiters rateLimitNamedLimiters(ObjectProvider<RateLimiterRegistry> registry) {
        return new NamedLimiters(registry);
    }

    @Bean("io.ratelimit.rateLimitNamedLimiterRegistrar")
    static NamedLimiterRegistrar rateLimitNamedLimiterRegistrar(Environment environment) {
        return new NamedLimiterRegistrar(environment);
    }

    /** Neither filter nor interceptor, but what may be asked about a request. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnClass({Filter.class, DispatcherServlet.class})
    static class Web {
        @Bean("io.ratelimit.rateLimitRequestRules")
        @ConditionalOnMissingBean
        RequestRules rateLimitRequestRules(
                ApplicationContext context, RuleLimiter limiter, RulesInForce rules, IdentityResolver identities) {
            RequestGate gate = RequestGate.builder(limiter, rules, identities)
                    .settings(WebSettings.defaults().withMode(Mode.OFF))
                    .build();
            return new RateLimitWeb(context, gate, HandlerRules.NONE, null).requestRules();
        }
    }
}
