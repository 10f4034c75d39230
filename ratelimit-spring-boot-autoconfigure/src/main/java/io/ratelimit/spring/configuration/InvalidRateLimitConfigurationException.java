package io.ratelimit.spring.configuration;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The configuration under {@code ratelimit} is wrong; knows everything that is wrong with it. */
public final class InvalidRateLimitConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<ConfigurationProblem> problems;

    InvalidRateLimitConfigurationException(List<ConfigurationProblem> problems) {
        super(describe(problems));
        this.problems = List.copyOf(problems);
    }

    /**
     * Returns the exception for one property.
     *
     * @param property the full name
     * @param value the value; {@code null} if it is missing
     * @param reason what is wrong
     * @param expected what would be right
     * @param exampleLine a right line
     */
    public static InvalidRateLimitConfigurationException of(
            String property, @Nullable Object value, String reason, String expected, String exampleLine) {
        Problems problems = new Problems(new GivenProperties());
        problems.addWithLine(property, value, reason, expected, exampleLine);
        return problems.toException();
    }

    List<ConfigurationProblem> problems() {
        return problems;
    }

    private static String describe(List<ConfigurationProblem> problems) {
        String head = problems.size() == 1
                ? "The rate limit configuration has 1 problem:"
                : "The rate limit configuration has " + problems.size() + " problems:";
        return problems.stream()
                .map(ConfigurationProblem::describe)
                .collect(Collectors.joining(
                        System.lineSeparator().repeat(2),
                        head + System.lineSeparator().repeat(2),
                        ""));
    }
}
