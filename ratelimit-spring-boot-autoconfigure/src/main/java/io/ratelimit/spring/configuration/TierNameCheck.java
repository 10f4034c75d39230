package io.ratelimit.spring.configuration;

import io.ratelimit.limit.Quoted;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.util.StringUtils;

/** Checks that the names of tiers mean something wherever one is used. */
final class TierNameCheck {
    private final RateLimitProperties properties;
    private final Surroundings surroundings;
    private final Problems problems;

    TierNameCheck(RateLimitProperties properties, Surroundings surroundings, Problems problems) {
        this.properties = properties;
        this.surroundings = surroundings;
        this.problems = problems;
    }

    /** Returns the tiers that somebody can have who is known from the properties alone. */
    static Set<String> known(RateLimitProperties properties) {
        Set<String> known = new TreeSet<>();
        properties.tiers().keySet().forEach(name -> known.add(tierOf(name)));
        known.add(properties.defaultTier());
        properties.apiKeys().keys().stream()
                .map(RateLimitProperties.ApiKey::tier)
                .filter(StringUtils::hasLength)
                .forEach(known::add);
        return known;
    }

    void check() {
        Set<String> named = new TreeSet<>();
        properties.tiers().keySet().forEach(name -> named.add(tierOf(name)));
        properties.rules().forEach(rule -> rule.tiers().keySet().forEach(name -> named.add(tierOf(name))));
        if (problems.given().has("ratelimit.default-tier") && !named.contains(properties.defaultTier())) {
            problems.addUnknown("ratelimit.default-tier", properties.defaultTier(), "tier", named);
        }
        List<RateLimitProperties.ApiKey> keys = properties.apiKeys().keys();
        for (int i = 0; i < keys.size(); i++) {
            String tier = keys.get(i).tier();
            if (tier != null && !tier.isEmpty()) {
                checkOfKey("ratelimit.api-keys.keys[" + i + "].tier", tier, named);
            }
        }
        // A bean may give any tier to anybody.
        if (!surroundings.ownTiers() && !surroundings.ownApiKeys()) {
            Set<String> known = known(properties);
            for (int i = 0; i < properties.rules().size(); i++) {
                checkOfRule(
                        "ratelimit.rules[" + i + "].tiers.", properties.rules().get(i), known);
            }
        }
    }

    private void checkOfKey(String property, String tier, Set<String> named) {
        if (!named.contains(tier)) {
            problems.addUnknown(property, tier, "tier", named);
        }
    }

    /** A rule may have tiers of its own, but somebody must be able to have them. */
    private void checkOfRule(String property, RuleProperties rule, Set<String> known) {
        for (Map.Entry<String, List<LimitProperties>> entry : rule.tiers().entrySet()) {
            String tier = tierOf(entry.getKey());
            if (!known.contains(tier)) {
                problems.addWithLine(
                        property + entry.getKey(),
                        TierReader.textOf(entry.getValue()),
                        "nobody can have the tier " + Quoted.text(tier)
                                + ": it is not under ratelimit.tiers, no API key has it, and it is not the default tier",
                        "one of " + String.join(", ", known) + Suggestion.didYouMean(tier, known),
                        property
                                + Suggestion.nearest(tier, known)
                                        .orElseGet(() -> known.iterator().next())
                                + ": 50/1m");
            }
        }
    }

    /** Below a tier that is written as an object, names have a dot. */
    static String tierOf(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }
}
