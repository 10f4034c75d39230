package io.ratelimit.spring.configuration;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Limit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the limits of tiers: a limit, a list of limits, or {@code unlimited}. */
final class TierReader {
    private static final String UNLIMITED = "unlimited";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final List<String> FIELDS = List.of("limit", "algorithm", "burst");

    private final Problems problems;
    private final LimitReader limits;

    TierReader(Problems problems) {
        this.problems = problems;
        this.limits = new LimitReader(problems);
    }

    /**
     * Reads tiers.
     *
     * @param property the name of the map
     * @param tiers what was bound
     * @param algorithm the algorithm of limits that name none
     * @return the limits by tier, none for an unlimited one; without tiers that are wrong
     */
    Map<String, List<Limit>> read(String property, Map<String, List<LimitProperties>> tiers, Algorithm algorithm) {
        Map<String, List<Limit>> read = new LinkedHashMap<>();
        withObjectsJoined(property, tiers).forEach((name, entries) -> {
            int before = problems.size();
            List<Limit> tierLimits = readTier(property + "." + name, name, entries, algorithm);
            if (problems.size() == before) {
                read.put(name, tierLimits);
            }
        });
        return read;
    }

    /** A tier that is written as one object arrives in parts, under names with a dot, such as {@code premium.limit}. */
    private Map<String, List<LimitProperties>> withObjectsJoined(
            String property, Map<String, List<LimitProperties>> tiers) {
        Map<String, List<LimitProperties>> joined = new TreeMap<>();
        Map<String, Map<String, String>> objects = new TreeMap<>();
        tiers.forEach((name, entries) -> {
            int dot = name.lastIndexOf('.');
            String field = name.substring(dot + 1);
            if (dot > 0 && !FIELDS.contains(field)) {
                addUnknownField(property + "." + name.substring(0, dot), field, textOf(entries));
            } else if (dot > 0) {
                objects.computeIfAbsent(name.substring(0, dot), tier -> new TreeMap<>())
                        .put(field, textOf(entries));
            } else {
                joined.put(name, entries);
            }
        });
        objects.forEach((name, fields) -> joined.put(name, List.of(toLimit(property + "." + name, fields))));
        return joined;
    }

    private void addUnknownField(String tier, String field, String value) {
        problems.addWithLine(
                tier + "." + field,
                value,
                "there is no such property",
                "below " + tier + " one of " + String.join(", ", FIELDS) + Suggestion.didYouMean(field, FIELDS),
                Suggestion.nearest(field, FIELDS)
                        .map(meant -> tier + "." + meant + ": " + value)
                        .orElse("(remove " + tier + "." + field + ")"));
    }

    private LimitProperties toLimit(String property, Map<String, String> fields) {
        return new LimitProperties(
                fields.get("limit"),
                algorithmOf(property + ".algorithm", fields.get("algorithm")),
                burstOf(property + ".burst", fields.get("burst")));
    }

    private @Nullable Algorithm algorithmOf(String property, @Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return Algorithm.parse(text);
        } catch (IllegalArgumentException unknown) {
            problems.addUnknown(
                    property,
                    text,
                    "algorithm",
                    Arrays.stream(Algorithm.values()).map(Algorithm::id).toList());
            return null;
        }
    }

    private @Nullable Long burstOf(String property, @Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException notANumber) {
            problems.add(property, text, "this is not a whole number", "a whole number from 1", "20");
            return null;
        }
    }

    private List<Limit> readTier(String property, String name, List<LimitProperties> entries, Algorithm algorithm) {
        if (!NAME.matcher(name).matches()) {
            problems.add(
                    property,
                    textOf(entries),
                    "the name of the tier has other characters than a-z, A-Z, 0-9, _ and -, or more than 64",
                    "a name such as premium",
                    "1000/1h");
            return List.of();
        }
        if (entries.isEmpty()) {
            problems.add(property, null, "the tier has no limit", "a limit, a list of limits, or unlimited", "1000/1h");
            return List.of();
        }
        if (entries.stream().noneMatch(entry -> UNLIMITED.equals(entry.limit()))) {
            return limits.readAll(property, entries, algorithm);
        }
        if (entries.size() > 1) {
            problems.add(
                    property,
                    textOf(entries),
                    "unlimited stands beside other limits",
                    "unlimited alone, or limits without it",
                    UNLIMITED);
        }
        return List.of();
    }

    static String textOf(List<LimitProperties> entries) {
        List<String> texts = new ArrayList<>();
        entries.forEach(entry -> texts.add(String.valueOf(entry.limit())));
        return String.join(", ", texts);
    }
}
