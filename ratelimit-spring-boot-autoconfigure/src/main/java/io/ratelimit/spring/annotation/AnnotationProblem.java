package io.ratelimit.spring.annotation;

import io.ratelimit.limit.InvalidValueException;
import io.ratelimit.spring.configuration.ConfigurationProblem;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with an annotation, as its author is told.
 *
 * @param where the class or method
 * @param attribute the attribute of the annotation
 * @param value what it was set to, fit for a log; {@code null} if it was not set
 * @param reason what is wrong
 * @param expected what would be right
 * @param example an annotation that would be right
 */
record AnnotationProblem(
        String where, String attribute, @Nullable String value, String reason, String expected, String example) {
    static final String LIMIT_EXAMPLE = "@RateLimited(limit = 5, window = \"1m\")";

    /** Tells what the core said about a value. */
    static AnnotationProblem of(String where, String attribute, IllegalArgumentException refused, String example) {
        if (!(refused instanceof InvalidValueException invalid)) {
            String message = String.valueOf(refused.getMessage());
            return new AnnotationProblem(where, attribute, null, message, "a value that can be used", example);
        }
        return new AnnotationProblem(
                where,
                invalid.name().equals("id") ? "name" : invalid.name(),
                invalid.value(),
                "it is out of range, or not of the form expected",
                invalid.expectation(),
                example);
    }

    /** Returns the problem on several lines, the first of which says where it is. */
    String describe() {
        String property = "@RateLimited on " + where + ", " + attribute;
        return new ConfigurationProblem(property, value, reason, expected, example, null).describe();
    }
}
