package io.ratelimit.spring.configuration;

import io.ratelimit.spring.configuration.RateLimitProperties.Backend;
import org.jspecify.annotations.Nullable;

/** Checks that the backend that is asked for can be had. */
final class BackendCheck {
    private final Surroundings surroundings;
    private final Problems problems;

    BackendCheck(Surroundings surroundings, Problems problems) {
        this.surroundings = surroundings;
        this.problems = problems;
    }

    void check(@Nullable Backend backend) {
        if (backend == null || surroundings.ownStore()) {
            return;
        }
        Surroundings.Missing missing = surroundings.missing().get(backend);
        if (missing != null) {
            problems.add(
                    "ratelimit.backend",
                    backend.id(),
                    missing.problem(),
                    missing.expected() + ", or the backend memory",
                    "memory");
        }
    }
}
