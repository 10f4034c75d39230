package io.ratelimit.spring.autoconfigure;

import io.ratelimit.RateLimiter;
import io.ratelimit.spring.configuration.RateLimitConfigurationReader;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.env.Environment;

/**
 * Defines a {@link RateLimiter} bean for each rule of the configuration, to be injected by the rule's id as qualifier. The
 * beans are made when they are asked for.
 */
final class NamedLimiterRegistrar implements BeanDefinitionRegistryPostProcessor {
    private static final String PREFIX = "io.ratelimit.limiter.";

    private final Environment environment;

    NamedLimiterRegistrar(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        RateLimitConfigurationReader.ruleIds(environment).stream()
                .filter(id -> !registry.containsBeanDefinition(PREFIX + id))
                .forEach(id -> {
                    RootBeanDefinition definition = new RootBeanDefinition();
                    definition.setTargetType(RateLimiter.class);
                    definition.setFactoryBeanName(NamedLimiters.BEAN_NAME);
                    definition.setFactoryMethodName(NamedLimiters.FACTORY_METHOD);
                    definition.getConstructorArgumentValues().addIndexedArgumentValue(0, id);
                    definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, id));
                    // Whoever asks for a limiter and names no rule means one of the application's own.
                    definition.setDefaultCandidate(false);
                    definition.setLazyInit(true);
                    registry.registerBeanDefinition(PREFIX + id, definition);
                });
    }
}
