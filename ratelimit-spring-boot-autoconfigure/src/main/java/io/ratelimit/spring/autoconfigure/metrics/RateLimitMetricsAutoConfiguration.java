package io.ratelimit.spring.autoconfigure.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.ratelimit.failover.FailoverStore;
import io.ratelimit.spring.actuate.RateLimitMetrics;
import io.ratelimit.spring.autoconfigure.BackendChoice;
import io.ratelimit.spring.autoconfigure.ConditionalOnRateLimit;
import io.ratelimit.spring.decision.LimiterErrorListener;
import io.ratelimit.store.MemoryStore;
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
    @Bean("io.ratelimit.rateLimitMetrics")
    @ConditionalOnMissingBean
    RateLimitMetrics rateLimitMetrics(MeterRegistry registry, BackendChoice backend) {
        return new RateLimitMetrics(registry, backend.id());
    }

    @Bean("io.ratelimit.rateLimitErrorMetrics")
    LimiterErrorListener rateLimitErrorMetrics(RateLimitMetrics metrics) {
        return (error, cause) -> metrics.error(error.id());
    }

    @Bean("io.ratelimit.rateLimitMemoryMetrics")
    @ConditionalOnBean(MemoryStore.class)
    MeterBinder rateLimitMemoryMetrics(MemoryStore store) {
        return registry -> Gauge.builder("ratelimit.memory.keys", store, MemoryStore::size)
                .description("Counters in the memory of this instance")
                .register(registry);
    }

    @Bean("io.ratelimit.rateLimitFailoverMetrics")
    @ConditionalOnBean(FailoverStore.class)
    MeterBinder rateLimitFailoverMetrics(FailoverStore store, BackendChoice backend) {
        return registry -> {
            Gauge.builder("ratelimit.memory.keys", store, FailoverStore::fallbackKeys)
                    .description("Counters in the memory of this instance")
                    .register(registry);
            Gauge.builder("ratelimit.circuit.state", store, RateLimitMetricsAutoConfiguration::circuit)
                    .description("Whether the backend is asked: 0 closed, 1 half open, 2 open")
                    .tag("backend", backend.id())
                    .register(registry);
        };
    }

    private static double circuit(FailoverStore store) {
        return switch (store.circuitState()) {
            case CLOSED -> 0;
            case HALF_OPEN -> 1;
            case OPEN -> 2;
        };
    }
}
