package io.ratelimit.spring.autoconfigure;

import io.ratelimit.spring.configuration.RateLimitProperties;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.MemoryStore;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Keeps the counters in the memory of this instance, where nobody else does. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingBean(LimitStore.class)
final class MemoryBackendConfiguration {
    @Bean("io.ratelimit.rateLimitMemoryStore")
    MemoryStore rateLimitMemoryStore(RateLimitProperties properties) {
        return MemoryStore.withMaxKeys(properties.memory().maxKeys());
    }

    @Bean("io.ratelimit.rateLimitBackendChoice")
    BackendChoice rateLimitBackendChoice(
            RateLimitProperties properties, ConfigurableListableBeanFactory beans, Environment environment) {
        return Backends.memory(properties.backend(), beans, environment);
    }
}
