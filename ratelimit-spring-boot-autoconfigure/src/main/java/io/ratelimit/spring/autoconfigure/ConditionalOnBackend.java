package io.ratelimit.spring.autoconfigure;

import io.ratelimit.spring.configuration.RateLimitProperties.Backend;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Conditional;

/** Matches if this is where the counters live: because it is asked for, or as the first that the application has. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Conditional(OnBackendCondition.class)
public @interface ConditionalOnBackend {
    /** Returns the backend. */
    Backend value();
}
