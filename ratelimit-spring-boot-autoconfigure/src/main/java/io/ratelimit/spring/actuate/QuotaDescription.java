package io.ratelimit.spring.actuate;

import io.ratelimit.RuleDecision.PerRule;
import io.ratelimit.limit.LimitDecision;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is counted of one identity under one rule.
 *
 * @param rule the rule's id
 * @param identity the digest of the identity
 * @param allowed whether the next request would be admitted
 * @param limits what each limit says
 */
public record QuotaDescription(String rule, String identity, boolean allowed, List<LimitState> limits) {
    /**
     * What one limit says.
     *
     * @param limit the limit, such as {@code 100/1h}
     * @param algorithm how it is counted
     * @param remaining the whole permits left
     * @param retryAfterMillis the time until the next request is admitted, rounded up; {@code null} if no waiting helps
     * @param resetAfterMillis the time until the counter is as good as new, rounded up
     */
    public record LimitState(
            String limit,
            String algorithm,
            long remaining,
            @Nullable Long retryAfterMillis,
            long resetAfterMillis) {
        static LimitState of(LimitDecision decision) {
            return new LimitState(
                    decision.limit().toString(),
                    decision.limit().algorithm().id(),
                    decision.remaining(),
                    decision.retryAfter().map(LimitState::millis).orElse(null),
                    millis(decision.resetAfter()));
        }

        private static long millis(Duration duration) {
            return (duration.toNanos() + 999_999) / 1_000_000;
        }
    }

    static QuotaDescription of(PerRule rule) {
        return new QuotaDescription(
                rule.demand().rule().id(),
                rule.demand().owner(),
                rule.allowed(),
                rule.limits().stream().map(LimitState::of).toList());
    }
}
