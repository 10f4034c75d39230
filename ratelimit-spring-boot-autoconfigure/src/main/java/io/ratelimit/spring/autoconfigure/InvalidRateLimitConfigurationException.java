package io.ratelimit.spring.autoconfigure;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration under {@code ratelimit} is wrong; knows everything that is wrong with it. */
final class InvalidRateLimitConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<ConfigurationProblem> problems;

    InvalidRateLimitConfigurationException(List<ConfigurationProblem> problems) {
        super(describe(problems));
        this.problems = List.copyOf(problems);
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
