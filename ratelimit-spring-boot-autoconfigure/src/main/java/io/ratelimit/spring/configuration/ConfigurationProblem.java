package io.ratelimit.spring.configuration;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with what somebody wrote, as its author is told.
 *
 * @param property the full name of the property
 * @param value what it was set to, fit for a log; {@code null} if it was not set
 * @param reason what is wrong
 * @param expected what would be right
 * @param example a line that would be right
 * @param origin where the value stands, such as a file and line; {@code null} if that is not known
 */
public record ConfigurationProblem(
        String property,
        @Nullable String value,
        String reason,
        String expected,
        String example,
        @Nullable String origin) {

    /** Returns the problem on several lines, the first of which is the property and its value. */
    public String describe() {
        StringBuilder text = new StringBuilder(property);
        text.append(value == null ? " is missing" : ": " + value);
        if (origin != null) {
            text.append(line("where", origin));
        }
        return text.append(line("problem", reason))
                .append(line("expected", expected))
                .append(line("example", example))
                .toString();
    }

    private static String line(String name, String text) {
        return System.lineSeparator() + String.format("    %-10s", name + ":") + text;
    }
}
