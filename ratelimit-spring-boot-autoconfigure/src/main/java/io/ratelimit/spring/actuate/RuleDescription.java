package io.ratelimit.spring.actuate;

import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Phase;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleLimit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A rule in words of the configuration.
 *
 * @param id its id
 * @param paths its path patterns
 * @param methods its HTTP methods; empty: all
 * @param key whose quota it counts
 * @param limits its limits
 * @param tiers the limits by tier; none: unlimited
 * @param cost what a request costs
 * @param countedStatuses the response statuses that count; empty: all
 * @param phase when it is decided; {@code null}: as early as its key allows
 * @param onFailure who decides when the backend cannot
 * @param mode what becomes of its denials
 * @param enforcePercent the share of identities whose denials are enforced
 * @param maxDelay the longest that a leaky bucket may make a request wait
 */
public record RuleDescription(
        String id,
        List<String> paths,
        List<String> methods,
        String key,
        List<LimitDescription> limits,
        Map<String, List<LimitDescription>> tiers,
        String cost,
        List<Integer> countedStatuses,
        @Nullable String phase,
        String onFailure,
        String mode,
        int enforcePercent,
        String maxDelay) {
    /**
     * A limit in words of the configuration.
     *
     * @param limit permits, window and burst, such as {@code 100/1h burst 20}
     * @param algorithm how it is counted
     */
    public record LimitDescription(String limit, String algorithm) {
        static LimitDescription of(Limit limit) {
            return new LimitDescription(limit.toString(), limit.algorithm().id());
        }
    }

    /** Describes a rule. */
    static RuleDescription of(Rule rule) {
        Map<String, List<LimitDescription>> tiers = new TreeMap<>();
        rule.tiers().forEach((tier, limits) -> tiers.put(tier, describe(limits)));
        String expression = rule.cost().expression();
        return new RuleDescription(
                rule.id(),
                rule.paths(),
                List.copyOf(new TreeSet<>(rule.methods())),
                rule.key().toString(),
                describe(rule.limits()),
                tiers,
                expression == null ? Long.toString(rule.cost().permits()) : expression,
                List.copyOf(new TreeSet<>(rule.countedStatuses())),
                rule.phase().map(Phase::id).orElse(null),
                rule.onFailure().id(),
                rule.mode().id(),
                rule.enforcePercent(),
                rule.maxDelay().toString());
    }

    private static List<LimitDescription> describe(List<RuleLimit> limits) {
        return limits.stream().map(limit -> LimitDescription.of(limit.limit())).toList();
    }
}
