package io.ratelimit.spring.autoconfigure;

import io.ratelimit.RateLimitListener;
import io.ratelimit.RateLimiterRegistry;
import io.ratelimit.RuleLimiter;
import io.ratelimit.identity.AccessLists;
import io.ratelimit.identity.ApiKeyRegistry;
import io.ratelimit.identity.ApiKeys;
import io.ratelimit.identity.ClientAddress;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.identity.IdentityErrorListener;
import io.ratelimit.identity.IdentityResolver;
import io.ratelimit.identity.TierResolver;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.rule.RulesInForce;
import io.ratelimit.spring.actuate.DenialEvents;
import io.ratelimit.spring.annotation.AnnotatedRuleUse;
import io.ratelimit.spring.configuration.RateLimitConfiguration;
import io.ratelimit.spring.configuration.RateLimitConfigurationReader;
import io.ratelimit.spring.configuration.RateLimitProperties;
import io.ratelimit.store.LimitStore;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.convert.converter.GenericConverter;
import org.springframework.core.env.Environment;

/** What every application has that limits: the rules, who is asking, and who decides. */
@AutoConfiguration
@ConditionalOnRateLimit
@EnableConfigurationProperties(RateLimitProperties.class)
@Import(MemoryBackendConfiguration.class)
@ImportRuntimeHints(RateLimitRuntimeHints.class)
final class RateLimitAutoConfiguration {

    @Bean("io.ratelimit.rateLimitConfigurationReader")
    static RateLimitConfigurationReader rateLimitConfigurationReader(
            ConfigurableListableBeanFactory beans, Environment environment) {
        return new RateLimitConfigurationReader(() -> SurroundingsFinder.find(beans, environment));
    }

    @Bean("io.ratelimit.rateLimitPropertiesConverter")
    @ConfigurationPropertiesBinding
    static GenericConverter rateLimitPropertiesConverter() {
        return RateLimitConfigurationReader.converter();
    }

    @Bean("io.ratelimit.rateLimitEarlyConfigurationCheck")
    static EarlyConfigurationCheck rateLimitEarlyConfigurationCheck() {
        return new EarlyConfigurationCheck();
    }

    @Bean("io.ratelimit.rateLimitConfiguration")
    RateLimitConfiguration rateLimitConfiguration(RateLimitProperties properties, RateLimitConfigurationReader reader) {
        return reader.read(properties);
    }

    @Bean("io.ratelimit.rateLimitRules")
    @ConditionalOnMissingBean
    RuleSet rateLimitRules(RateLimitConfiguration configuration) {
        return configuration.rules();
    }

    @Bean("io.ratelimit.rateLimitRulesInForce")
    RulesInForce rateLimitRulesInForce(RuleSet rules) {
        return new RulesInForce(rules);
    }

    @Bean("io.ratelimit.rateLimitIdentityDigest")
    @ConditionalOnMissingBean
    IdentityDigest rateLimitIdentityDigest(RateLimitProperties properties) {
        String secret = properties.keySecret();
        return secret == null || secret.isEmpty() ? IdentityDigest.sha256() : IdentityDigest.hmac(secret);
    }

    @Bean("io.ratelimit.rateLimitApiKeyRegistry")
    @ConditionalOnMissingBean
    ApiKeyRegistry rateLimitApiKeyRegistry(RateLimitConfiguration configuration) {
        return ApiKeyRegistry.of(configuration.apiKeys());
    }

    @Bean("io.ratelimit.rateLimitIdentityResolver")
    @ConditionalOnMissingBean
    IdentityResolver rateLimitIdentityResolver(
            RateLimitConfiguration configuration,
            ApiKeyRegistry registry,
            ObjectProvider<TierResolver> tiers,
            ObjectProvider<IdentityErrorListener> listeners) {
        IdentityErrorListener errors =
                new IdentityErrors(listeners.orderedStream().toList());
        @Nullable TierResolver tierResolver = tiers.getIfAvailable();
        return new IdentityResolver(
                configuration.identityOrder(),
                new ApiKeys(configuration.apiKeySettings(), registry, errors),
                new ClientAddress(configuration.clientAddress()),
                tierResolver,
                errors);
    }

    @Bean("io.ratelimit.rateLimitAccessLists")
    @ConditionalOnMissingBean
    AccessLists rateLimitAccessLists(RateLimitConfiguration configuration, IdentityResolver resolver) {
        return new AccessLists(resolver, configuration.exempt(), configuration.blocked());
    }

    @Bean("io.ratelimit.rateLimitBackendChoice")
    @ConditionalOnMissingBean
    BackendChoice rateLimitBackendChoice(LimitStore store) {
        return new BackendChoice("custom", store.getClass().getName(), "the application has a LimitStore bean");
    }

    @Bean("io.ratelimit.rateLimitRuleLimiter")
    @ConditionalOnMissingBean
    RuleLimiter rateLimitRuleLimiter(
            LimitStore store,
            ObjectProvider<StoreDecoration> decorations,
            ObjectProvider<RateLimitListener> listeners) {
        LimitStore decorated = store;
        for (StoreDecoration decoration : decorations.orderedStream().toList()) {
            decorated = decoration.decorate(decorated);
        }
        return new RuleLimiter(decorated, listeners.orderedStream().toList());
    }

    @Bean("io.ratelimit.rateLimitDenialEvents")
    DenialEvents rateLimitDenialEvents(ApplicationEventPublisher publisher, ConfigurableListableBeanFactory beans) {
        return DenialEvents.publishing(publisher::publishEvent, beans.getBeanClassLoader());
    }

    @Bean("io.ratelimit.rateLimiterRegistry")
    @ConditionalOnMissingBean
    RateLimiterRegistry rateLimiterRegistry(
            RulesInForce rules,
            RateLimitProperties properties,
            RuleLimiter limiter,
            IdentityResolver identities,
            IdentityDigest digest) {
        return new RateLimiterRegistry(rules, properties.mode(), limiter, identities, digest);
    }

    @Bean(NamedLimiters.BEAN_NAME)
    NamedLimiters rateLimitNamedLimiters(ObjectProvider<RateLimiterRegistry> registry) {
        return new NamedLimiters(registry);
    }

    @Bean("io.ratelimit.rateLimitNamedLimiterRegistrar")
    static NamedLimiterRegistrar rateLimitNamedLimiterRegistrar(Environment environment) {
        return new NamedLimiterRegistrar(environment);
    }

    @Bean("io.ratelimit.rateLimitStartReport")
    StartReport rateLimitStartReport(
            ApplicationContext context,
            BackendChoice backend,
            RateLimitProperties properties,
            RulesInForce rules,
            ObjectProvider<AnnotatedRuleUse> annotations) {
        return new StartReport(context, backend, properties, rules, annotations);
    }
}
