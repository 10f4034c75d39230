package io.ratelimit.spring.configuration;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Quoted;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads limits, as texts or objects, and adds what is wrong with them to the problems. */
final class LimitReader {
    private static final String EXAMPLE = "100/1h";
    private static final String EXPECTED = "<permits>/<window>, such as 100/1h or 100/1h burst 20";

    private final Problems problems;

    LimitReader(Problems problems) {
        this.problems = problems;
    }

    /**
     * Reads one limit.
     *
     * @param property the name of the text
     * @param burstProperty the name of the burst beside it
     */
    Optional<Limit> read(
            String property, @Nullable String text, Algorithm algorithm, String burstProperty, @Nullable Long burst) {
        if (text == null || text.isBlank()) {
            problems.add(property, text, "a limit has to be given", EXPECTED, EXAMPLE);
            return Optional.empty();
        }
        try {
            return withBurst(Limit.parse(text, algorithm), text, burstProperty, burst);
        } catch (IllegalArgumentException refused) {
            String example = algorithm.hasBurst() && burst == null ? EXAMPLE + " burst 20" : EXAMPLE;
            problems.add(property, text, refused, example);
            return Optional.empty();
        }
    }

    /** Reads the limits of a list; those without an algorithm of their own get the given one. */
    List<Limit> readAll(String property, List<LimitProperties> entries, Algorithm algorithm) {
        List<Limit> limits = new ArrayList<>(entries.size());
        for (int i = 0; i < entries.size(); i++) {
            LimitProperties entry = entries.get(i);
            // One object stands for a list of one.
            String element = problems.given().hasGroup(property)
                    ? property
                    : problems.given().elementOf(property, i);
            read(
                            problems.given().has(element) ? element : element + ".limit",
                            entry.limit(),
                            entry.algorithm() == null ? algorithm : entry.algorithm(),
                            element + ".burst",
                            entry.burst())
                    .ifPresent(limits::add);
        }
        return limits;
    }

    private Optional<Limit> withBurst(Limit limit, String text, String burstProperty, @Nullable Long burst) {
        if (burst == null) {
            return Optional.of(limit);
        }
        if (limit.burst().isPresent()) {
            problems.addSuperfluous(
                    burstProperty,
                    burst,
                    "the burst is given twice: here and in the limit " + Quoted.text(text),
                    "a burst in one of the two places");
            return Optional.empty();
        }
        if (!limit.algorithm().hasBurst()) {
            problems.addSuperfluous(
                    burstProperty,
                    burst,
                    limit.algorithm() + " has no burst",
                    "no burst, or one of the algorithms token-bucket and leaky-bucket");
            return Optional.empty();
        }
        try {
            return Optional.of(limit.withBurst(burst));
        } catch (IllegalArgumentException refused) {
            problems.add(burstProperty, burst, refused, "20");
            return Optional.empty();
        }
    }
}
