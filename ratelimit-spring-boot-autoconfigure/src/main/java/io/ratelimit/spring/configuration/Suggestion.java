package io.ratelimit.spring.configuration;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody meant who mistyped a name. */
final class Suggestion {
    /** Longer ones are not names, and the search is quadratic in the length. */
    private static final int LONGEST = 128;

    private Suggestion() {}

    /** Returns the candidate that is nearest to a name, if one is so near that the name may be a slip. */
    static Optional<String> nearest(String name, Collection<String> candidates) {
        if (name.length() > LONGEST) {
            return Optional.empty();
        }
        String wanted = normal(name);
        return candidates.stream()
                .filter(candidate -> distance(wanted, normal(candidate)) <= tolerance(candidate))
                .min(Comparator.comparingInt((String candidate) -> distance(wanted, normal(candidate)))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Returns a half-sentence that can follow an expectation, empty if nothing is near. */
    static String didYouMean(String name, Collection<String> candidates) {
        return nearest(name, candidates)
                .map(candidate -> "; did you mean " + candidate + "?")
                .orElse("");
    }

    private static int tolerance(String candidate) {
        return Math.max(1, candidate.length() / 3);
    }

    private static String normal(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The edits (insert, delete, replace, swap neighbours) from one text to the other. */
    private static int distance(String from, String to) {
        int[][] edits = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                edits[i][j] = i == 0 || j == 0 ? i + j : fewestEdits(from, to, i, j, edits);
            }
        }
        return edits[from.length()][to.length()];
    }

    private static int fewestEdits(String from, String to, int i, int j, int[][] edits) {
        int replace = edits[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        int fewest = Math.min(replace, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
        boolean swapped =
                i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
        return swapped ? Math.min(fewest, edits[i - 2][j - 2] + 1) : fewest;
    }
}
