package io.ratelimit.spring.autoconfigure;

import io.ratelimit.RateLimiter;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Defines a {@link RateLimiter} bean for each rule of the configuration, to be injected by the rule's id as qualifier. The
 * beans are made when they are asked for.
 */
final class NamedLimiterRegistrar implements BeanDefinitionRegistryPostProcessor {
    private static final String PREFIX = "rateLimiter.";

    private final Environment environment;

    NamedLimiterRegistrar(Environment environment) {
        this.environment = environment;
    }

    /** All that has to be known of a rule before it is read in full. */
    record Named(@Nullable String id) {}

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        ids().stream()
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

    /** Whatever is wrong with the rules is told, in full, by those who read them in full. */
    private List<String> ids() {
        try {
            return Binder.get(environment)
                    .bind("ratelimit.rules", Bindable.listOf(Named.class))
                    .map(rules -> rules.stream()
                            .map(Named::id)
                            .filter(Objects::nonNull)
                            .distinct()
                            .toList())
                    .orElse(List.of());
        } catch (BindException unreadable) {
            return List.of();
        }
    }
}
