package io.ratelimit.spring.annotation;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

    private static final Pattern CORE_MESSAGE = Pattern.compile("([a-z-]+): (.*) \\(expected: (.*)\\)", Pattern.DOTALL);

    /** Tells what the core said about a value, whose messages have the form {@code name: value (expected: range)}. */
    static AnnotationProblem of(String where, String attribute, IllegalArgumentException refused, String example) {
        String message = String.valueOf(refused.getMessage());
        Matcher parts = CORE_MESSAGE.matcher(message);
        if (!parts.matches()) {
            return new AnnotationProblem(where, attribute, null, message, "a value that can be used", example);
        }
        String name = parts.group(1).equals("id") ? "name" : parts.group(1);
        return new AnnotationProblem(
                where,
                name,
                parts.group(2),
                "it is out of range, or not of the form expected",
                parts.group(3),
                example);
    }

    /** Returns the problem on several lines, the first of which says where it is. */
    String describe() {
        return "@RateLimited on " + where + ", " + attribute + (value == null ? " is missing" : ": " + value)
                + line("problem", reason)
                + line("expected", expected)
                + line("example", example);
    }

    private static String line(String name, String text) {
        return System.lineSeparator() + String.format("    %-10s", name + ":") + text;
    }
}
