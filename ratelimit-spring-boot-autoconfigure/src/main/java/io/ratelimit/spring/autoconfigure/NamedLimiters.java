package io.ratelimit.spring.autoconfigure;

import io.ratelimit.RateLimiter;
import io.ratelimit.RateLimiterRegistry;
import org.springframework.beans.factory.ObjectProvider;

/** Makes the limiter beans that {@link NamedLimiterRegistrar} defines. */
final class NamedLimiters {
    static final String BEAN_NAME = "io.ratelimit.rateLimitNamedLimiters";
    static final String FACTORY_METHOD = "limiter";

    private final ObjectProvider<RateLimiterRegistry> registry;

    NamedLimiters(ObjectProvider<RateLimiterRegistry> registry) {
        this.registry = registry;
    }

    RateLimiter limiter(String ruleId) {
        return registry.getObject().limiter(ruleId);
    }
}
