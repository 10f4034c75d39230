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
        if (backend == Backend.REDIS && !surroundings.ownStore()) {
            surroundings
                    .redisMissing()
                    .ifPresent(missing -> problems.add(
                            "ratelimit.backend",
                            "redis",
                            missing,
                            "a Redis under spring.data.redis and the library ratelimit-redis, or the backend memory",
                            "memory"));
        }
    }
}
