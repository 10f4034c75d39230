package io.ratelimit.spring.annotation;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;

/** Collects what is wrong, so that everything is told at once. Not safe for several threads. */
final class AnnotationProblems {
    private final Set<AnnotationProblem> problems = new LinkedHashSet<>();

    /** Adds one, unless the same is there: what stands on a type is read for each of its methods. */
    void add(AnnotationProblem problem) {
        problems.add(problem);
    }

    void addAll(AnnotationProblems others) {
        problems.addAll(others.problems);
    }

    boolean isEmpty() {
        return problems.isEmpty();
    }

    /**
     * Ends the collection.
     *
     * @throws InvalidRateLimitedException if there is any problem
     */
    void throwIfAny() {
        if (!problems.isEmpty()) {
            throw new InvalidRateLimitedException(new ArrayList<>(problems));
        }
    }
}
