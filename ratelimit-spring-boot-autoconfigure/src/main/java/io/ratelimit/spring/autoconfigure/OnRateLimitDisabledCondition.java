package io.ratelimit.spring.autoconfigure;

import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;

/** Matches where {@code ratelimit.enabled} says no. */
final class OnRateLimitDisabledCondition extends NoneNestedConditions {
    OnRateLimitDisabledCondition() {
        super(ConfigurationPhase.PARSE_CONFIGURATION);
    }

    @ConditionalOnRateLimit
    static class Enabled {}
}
