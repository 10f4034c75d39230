package io.ratelimit.spring.jaxrs;

import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.core.FeatureContext;

/**
 * Registers {@link RateLimitExceptionMapper}, unless the application has a mapper of its own for the exception.
 *
 * <p>Every implementation of JAX-RS 3.1 or later finds this class by the service loader.
 */
public final class RateLimitFeature implements Feature {
    /** Behind whatever the application registers without a priority. */
    private static final int PRIORITY = Priorities.USER + 1_000;

    /** Called by the service loader. */
    public RateLimitFeature() {}

    @Override
    public boolean configure(FeatureContext context) {
        context.register(RateLimitExceptionMapper.class, PRIORITY);
        return true;
    }
}
