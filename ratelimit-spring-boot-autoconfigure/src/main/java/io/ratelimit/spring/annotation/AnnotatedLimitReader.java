package io.ratelimit.spring.annotation;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Quoted;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleCost;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the limit of an annotation from the several ways of writing it. */
final class AnnotatedLimitReader {
    private static final Logger log = LoggerFactory.getLogger(AnnotatedLimitReader.class);

    private final UnaryOperator<String> placeholders;

    AnnotatedLimitReader(UnaryOperator<String> placeholders) {
        this.placeholders = placeholders;
    }

    /** Returns whether any attribute of the limit is set. */
    static boolean isGiven(RateLimited annotation) {
        return !annotation.value().isEmpty()
                || annotation.limit() != RateLimited.UNSET
                || !annotation.window().isEmpty()
                || annotation.burst() != RateLimited.UNSET;
    }

    /** Returns the limit, or {@code null} after telling what is wrong with it. */
    @Nullable
    Limit read(String where, RateLimited annotation, AnnotationProblems problems) {
        try {
            Limit limit = limit(where, annotation);
            requireShortDelay(where, limit);
            if (limit.keepsLongLog()) {
                log.warn(
                        "@RateLimited on {}: a sliding-log of {} keeps up to {} entries for each key; sliding-counter keeps"
                                + " two numbers",
                        where,
                        limit,
                        limit.permits());
            }
            return limit;
        } catch (Refused refused) {
            problems.add(refused.problem);
        } catch (IllegalArgumentException refused) {
            problems.add(AnnotationProblem.of(where, "limit", refused, AnnotationProblem.LIMIT_EXAMPLE));
        }
        return null;
    }

    private Limit limit(String where, RateLimited annotation) {
        Limit limit = permitsAndWindow(where, annotation);
        OptionalLong burst = limit.burst();
        if (annotation.burst() == RateLimited.UNSET) {
            return limit;
        }
        if (burst.isPresent()) {
            throw new Refused(new AnnotationProblem(
                    where,
                    "burst",
                    String.valueOf(annotation.burst()),
                    "value has a burst already: " + burst.getAsLong(),
                    "one of the two",
                    "@RateLimited(\"100/1h burst 20\")"));
        }
        return limit.withBurst(annotation.burst());
    }

    private Limit permitsAndWindow(String where, RateLimited annotation) {
        String text = resolved(where, "value", annotation.value());
        String window = resolved(where, "window", annotation.window());
        boolean hasNumber = annotation.limit() != RateLimited.UNSET;
        if (!annotation.value().isEmpty()) {
            if (hasNumber) {
                throw twice(where, "limit", String.valueOf(annotation.limit()));
            }
            if (!annotation.window().isEmpty() && text.contains("/")) {
                throw twice(where, "window", Quoted.text(annotation.window()));
            }
            return Limit.parse(annotation.window().isEmpty() ? text : text + "/" + window, annotation.algorithm());
        }
        if (!hasNumber) {
            throw new Refused(new AnnotationProblem(
                    where,
                    "limit",
                    null,
                    "a window or a burst alone limits nothing",
                    "the permits beside them",
                    AnnotationProblem.LIMIT_EXAMPLE));
        }
        if (annotation.window().isEmpty()) {
            throw new Refused(new AnnotationProblem(
                    where,
                    "window",
                    null,
                    "a limit counts over a time",
                    "a whole number and a unit of ms, s, m, h or d, such as 1m",
                    AnnotationProblem.LIMIT_EXAMPLE));
        }
        return Limit.of(annotation.limit(), Limit.parseWindow(window)).withAlgorithm(annotation.algorithm());
    }

    private static Refused twice(String where, String attribute, String value) {
        return new Refused(new AnnotationProblem(
                where,
                attribute,
                value,
                "value says it already",
                "one of the two",
                "@RateLimited(\"5/1m\") or " + AnnotationProblem.LIMIT_EXAMPLE));
    }

    private String resolved(String where, String attribute, String text) {
        try {
            return placeholders.apply(text);
        } catch (IllegalArgumentException unresolvable) {
            throw new Refused(unresolvable(where, attribute, text));
        }
    }

    static AnnotationProblem unresolvable(String where, String attribute, String text) {
        return new AnnotationProblem(
                where,
                attribute,
                Quoted.text(text),
                "a placeholder has neither a property nor a default",
                "a property of that name, or a default after a colon",
                "@RateLimited(\"${login.limit:5/1m}\")");
    }

    private static void requireShortDelay(String where, Limit limit) {
        if (limit.algorithm() == Algorithm.LEAKY_BUCKET && limit.fillTime().compareTo(Rule.DEFAULT_MAX_DELAY) > 0) {
            throw new Refused(new AnnotationProblem(
                    where,
                    limit.burst().isPresent() ? "burst" : "limit",
                    limit.toString(),
                    "the last in a full queue would wait " + text(limit.fillTime()),
                    "a queue that drains within " + text(Rule.DEFAULT_MAX_DELAY)
                            + ", or a rule of the configuration with its own max-delay",
                    "@RateLimited(value = \"10/1s burst 20\", algorithm = Algorithm.LEAKY_BUCKET)"));
        }
    }

    /** Returns a time in milliseconds, rounded up: one that is too long by a nanosecond must not read like the longest allowed. */
    private static String text(Duration exact) {
        Duration duration = exact.plusNanos(999_999).truncatedTo(ChronoUnit.MILLIS);
        return duration.toMillisPart() == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }

    /** Tells of a fixed cost that is larger than the limit's capacity, and so would never be admitted. */
    static void requirePayable(String where, RuleCost cost, Limit limit, AnnotationProblems problems) {
        if (cost.permits() > limit.capacity()) {
            problems.add(new AnnotationProblem(
                    where,
                    "cost",
                    String.valueOf(cost.permits()),
                    "the limit never has so many permits at once",
                    "at most " + limit.capacity() + ", or a larger limit or burst",
                    "@RateLimited(value = \"100/1h\", cost = \"5\")"));
        }
    }

    /** Carries a problem out of nested steps; never leaves this class. */
    private static final class Refused extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        private final transient AnnotationProblem problem;

        Refused(AnnotationProblem problem) {
            super(problem.reason());
            this.problem = problem;
        }
    }
}
