package io.ratelimit.spring.annotation;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Some {@link RateLimited} could not work, which stops the start. The message tells of each where it stands, its value, what
 * is wrong, what is expected, and an example.
 */
public final class InvalidRateLimitedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int count;

    InvalidRateLimitedException(List<AnnotationProblem> problems) {
        super(describe(problems));
        this.count = problems.size();
    }

    /** Returns how many things are wrong, from 1. */
    public int count() {
        return count;
    }

    private static String describe(List<AnnotationProblem> problems) {
        String head = problems.size() == 1
                ? "The @RateLimited annotations have 1 problem:"
                : "The @RateLimited annotations have " + problems.size() + " problems:";
        String gap = System.lineSeparator().repeat(2);
        return problems.stream().map(AnnotationProblem::describe).collect(Collectors.joining(gap, head + gap, ""));
    }
}
