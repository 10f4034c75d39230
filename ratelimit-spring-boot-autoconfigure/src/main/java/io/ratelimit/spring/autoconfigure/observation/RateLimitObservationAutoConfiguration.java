package io.ratelimit.spring.autoconfigure.observation;

import io.micrometer.observation.ObservationRegistry;
import io.ratelimit.spring.actuate.ObservedStore;
import io.ratelimit.spring.autoconfigure.BackendChoice;
import io.ratelimit.spring.autoconfigure.ConditionalOnRateLimit;
import io.ratelimit.spring.autoconfigure.StoreDecoration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/** Observes decisions where a tracer makes spans of that. Without one there are the meters, which cost less. */
@AutoConfiguration(
        beforeName = "io.ratelimit.spring.autoconfigure.RateLimitAutoConfiguration",
        afterName = {
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
            "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration"
        })
@ConditionalOnRateLimit
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(value = ObservationRegistry.class, type = "io.micrometer.tracing.Tracer")
final class RateLimitObservationAutoConfiguration {
    @Bean("io.ratelimit.rateLimitObservation")
    StoreDecoration rateLimitObservation(ObservationRegistry registry, ObjectProvider<BackendChoice> backend) {
        return store -> new ObservedStore(store, registry, backend.getObject().id());
    }
}
