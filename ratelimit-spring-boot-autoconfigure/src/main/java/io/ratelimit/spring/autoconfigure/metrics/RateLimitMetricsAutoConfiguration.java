package io.ratelimit.spring.autoconfigure.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.ratelimit.spring.actuate.RateLimitMetrics;
import io.ratelimit.spring.autoconfigure.BackendChoice;
import io.ratelimit.spring.autoconfigure.ConditionalOnRateLimit;
import io.ratelimit.spring.autoconfigure.LocalStore;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Counts decisions in the application's meter registry. */
@AutoConfiguration(
        afterName = {
            "io.ratelimit.spring.autoconfigure.RateLimitAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
        })
@ConditionalOnRateLimit
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({MeterRegistry.class, BackendChoice.class})
final class RateLimitMetricsAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    RateLimitMetrics rateLimitMetrics(MeterRegistry registry, BackendChoice backend) {
        return new RateLimitMetrics(registry, backend.id());
    }

    @Bean
    @ConditionalOnBean(LocalStore.class)
    MeterBinder rateLimitMemoryKeys(LocalStore local) {
        return registry -> Gauge.builder("ratelimit.memory.keys", local, counters ->
                        (double) counters.size().getAsLong())
                .description("Counters in the memory of this instance")
                .register(registry);
    }
}
