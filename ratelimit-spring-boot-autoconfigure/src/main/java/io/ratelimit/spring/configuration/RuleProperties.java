package io.ratelimit.spring.configuration;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.FailurePolicy;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One rule: which requests are counted, on whose quota, against which limits.
 *
 * @param id Name of the rule in keys, headers and metrics: 1 to 64 of a-z, 0-9 and the hyphen.
 * @param path Path pattern of the requests; a rule without one is used by name.
 * @param paths Several path patterns, in place of path.
 * @param methods HTTP methods of the requests; absent, all. GET includes HEAD.
 * @param key Whose quota is counted: identity, api-key, user, ip, global, the name of a KeyResolver bean, or an expression
 *     over the request that starts with a number sign.
 * @param limit Permits per window, such as 5/1m or 100/1h burst 20.
 * @param limits Several limits, all of which have to admit, in place of limit.
 * @param algorithm How the permits are counted where a limit does not say it.
 * @param burst Most permits that a bucket gives at once; by default as many as the limit has.
 * @param cost What a request costs in permits: a number, or an expression over the request that starts with a number sign.
 * @param tiers Limits by tier, in place of the rule's: a limit, a list of limits, or unlimited.
 * @param tiered Whether the tiers under ratelimit.tiers apply too.
 * @param countWhen Which responses count; the permits of others are given back.
 * @param phase When the rule is decided; by default as early as its key allows.
 * @param onFailure Who decides when the backend cannot.
 * @param mode What becomes of the rule's denials.
 * @param enforcePercent Share of the identities whose denials are enforced; those of the others are only counted.
 * @param maxDelay Longest that a leaky bucket may make a request wait.
 */
public record RuleProperties(
        @Nullable String id,
        @Nullable String path,
        @DefaultValue List<String> paths,
        @DefaultValue List<String> methods,
        @DefaultValue("identity") String key,
        @Nullable String limit,
        @DefaultValue List<LimitProperties> limits,
        @DefaultValue("token-bucket") Algorithm algorithm,
        @Nullable Long burst,
        @DefaultValue("1") String cost,
        @DefaultValue Map<String, List<LimitProperties>> tiers,
        @DefaultValue("false") boolean tiered,
        @DefaultValue CountWhen countWhen,
        @Nullable Phase phase,
        @DefaultValue("local") FailurePolicy onFailure,
        @DefaultValue("enforce") Mode mode,
        @DefaultValue("100") int enforcePercent,
        @DefaultValue("5s") Duration maxDelay) {

    /** Copies what it is given. */
    public RuleProperties {
        paths = List.copyOf(paths);
        methods = List.copyOf(methods);
        limits = List.copyOf(limits);
        tiers = Map.copyOf(tiers);
    }

    /**
     * Which responses count.
     *
     * @param status Statuses of the responses that count; absent, all.
     */
    public record CountWhen(@DefaultValue List<Integer> status) {
        /** Copies what it is given. */
        public CountWhen {
            status = List.copyOf(status);
        }
    }
}
