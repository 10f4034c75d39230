package io.ratelimit.spring.configuration;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Limit;
import io.ratelimit.rule.RuleKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Merges the tiers of a rule: its own before those of all rules. */
final class RuleTiers {
    private final RateLimitProperties properties;
    private final Problems problems;

    RuleTiers(RateLimitProperties properties, Problems problems) {
        this.properties = properties;
        this.problems = problems;
    }

    /** Returns the limits of a rule by tier. */
    Map<String, List<Limit>> read(
            String property, boolean tiered, Map<String, List<LimitProperties>> own, Algorithm algorithm) {
        Map<String, List<Limit>> merged = new LinkedHashMap<>();
        if (tiered) {
            merged.putAll(shared(property, algorithm));
        }
        merged.putAll(new TierReader(problems).read(property + ".tiers", own, algorithm));
        return merged;
    }

    /** Adds a problem if a rule has tiers and a key that nobody has a tier under. */
    void checkKey(String property, RuleProperties rule, RuleKey key) {
        if (key.knowsTiers() || (rule.tiers().isEmpty() && !rule.tiered())) {
            return;
        }
        problems.add(
                property + ".key",
                key.toString(),
                "the rule has tiers, but under this key nobody has a tier",
                "one of identity, api-key, user; or no tiers and tiered: false",
                "identity");
    }

    /** Adds a problem if a burst stands where it belongs to no limit. */
    void checkNoBurst(String property, @Nullable Long burst) {
        if (burst != null) {
            problems.addSuperfluous(
                    property + ".burst",
                    burst,
                    "the rule has several limits, or none of its own, beside it",
                    "the burst in the limit that it belongs to, as in 100/1h burst " + burst);
        }
    }

    /** What is wrong with the tiers themselves is told where they stand, and here only what does not fit this rule. */
    private Map<String, List<Limit>> shared(String property, Algorithm algorithm) {
        Map<String, List<LimitProperties>> tiers = properties.tiers();
        Problems scratch = new Problems(problems.given());
        Map<String, List<Limit>> read = new TierReader(scratch).read("ratelimit.tiers", tiers, algorithm);
        Problems anyway = new Problems(problems.given());
        Map<String, List<Limit>> readable =
                new TierReader(anyway).read("ratelimit.tiers", tiers, Algorithm.TOKEN_BUCKET);
        readable.keySet().stream()
                .filter(tier -> !read.containsKey(tier))
                .sorted()
                .forEach(tier -> problems.add(
                        property + ".tiered",
                        true,
                        "the limit of ratelimit.tiers." + tier + " does not fit the rule's algorithm " + algorithm,
                        "an algorithm that has a burst, or a limit of the rule's own for the tier",
                        "false"));
        return read;
    }
}
