package io.ratelimit.spring.autoconfigure;

import io.ratelimit.limit.Quoted;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Checks that the names of tiers mean something wherever one is used. */
final class TierNameCheck {
    private final RateLimitProperties properties;
    private final Surroundings surroundings;
    private final Problems problems;
    private final Set<String> declared;

    TierNameCheck(RateLimitProperties properties, Surroundings surroundings, Problems problems) {
        this.properties = properties;
        this.surroundings = surroundings;
        this.problems = problems;
        this.declared = new TreeSet<>();
        properties.tiers().keySet().forEach(name -> declared.add(tierOf(name)));
    }

    void check() {
        Set<String> known = new TreeSet<>(declared);
        properties.rules().forEach(rule -> rule.tiers().keySet().forEach(name -> known.add(tierOf(name))));
        if (problems.given().has("ratelimit.default-tier") && !known.contains(properties.defaultTier())) {
            problems.addUnknown("ratelimit.default-tier", properties.defaultTier(), "tier", known);
        }
        Set<String> reachable = new TreeSet<>(declared);
        reachable.add(properties.defaultTier());
        List<RateLimitProperties.ApiKey> keys = properties.apiKeys().keys();
        for (int i = 0; i < keys.size(); i++) {
            String tier = keys.get(i).tier();
            if (tier != null && !tier.isEmpty()) {
                checkOfKey("ratelimit.api-keys.keys[" + i + "].tier", tier, known);
                reachable.add(tier);
            }
        }
        for (int i = 0; i < properties.rules().size(); i++) {
            checkOfRule("ratelimit.rules[" + i + "].tiers.", properties.rules().get(i), reachable);
        }
    }

    private void checkOfKey(String property, String tier, Set<String> known) {
        if (!known.contains(tier)) {
            problems.addUnknown(property, tier, "tier", known);
        }
    }

    /** A rule may have tiers of its own, but somebody must be able to have them. */
    private void checkOfRule(String property, RuleProperties rule, Set<String> reachable) {
        for (String name : rule.tiers().keySet()) {
            String tier = tierOf(name);
            boolean slip = Suggestion.nearest(tier, declared).isPresent();
            boolean possible = surroundings.ownTiers() || surroundings.ownApiKeys();
            if (!reachable.contains(tier) && (slip || !possible)) {
                problems.add(
                        property + name,
                        null,
                        "nobody can have the tier " + Quoted.text(tier)
                                + ": it is not under ratelimit.tiers, no API key has it, and it is not the default tier",
                        "one of " + String.join(", ", reachable) + Suggestion.didYouMean(tier, reachable),
                        "50/1m");
            }
        }
    }

    /** Below a tier that is written as an object, names have a dot. */
    private static String tierOf(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }
}
