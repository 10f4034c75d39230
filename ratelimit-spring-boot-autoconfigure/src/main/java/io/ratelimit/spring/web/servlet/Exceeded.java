package io.ratelimit.spring.web.servlet;

import io.ratelimit.RateLimitExceededException;
import org.jspecify.annotations.Nullable;

/** Finds a denial in what a handler threw. */
final class Exceeded {
    private static final int DEEPEST = 8;

    private Exceeded() {}

    /** Returns the denial that an exception is or wraps; {@code null} if there is none. */
    static @Nullable RateLimitExceededException in(Throwable thrown) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (cause instanceof RateLimitExceededException exceeded) {
                return exceeded;
            }
            cause = cause.getCause();
        }
        return null;
    }
}
