package io.ratelimit.spring.web;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/** How long a denied client is told to wait. */
final class RetryAfter {
    private final double jitter;
    private final long maxSeconds;
    private final DoubleSupplier random;

    /**
     * Creates the rule.
     *
     * @param jitter the fraction by which waits are lengthened at most, so that clients do not come back all at once
     * @param max the longest wait, from a second
     * @param random numbers from 0 (inclusive) to 1 (exclusive)
     */
    RetryAfter(double jitter, Duration max, DoubleSupplier random) {
        this.jitter = jitter;
        this.maxSeconds = max.toSeconds();
        this.random = random;
    }

    /** Returns whole seconds, from 1 and never less than the wait, unless that is longer than the longest. */
    long seconds(Duration wait) {
        long seconds = wait.getSeconds() + (wait.getNano() > 0 ? 1 : 0);
        long longer = jitter == 0 ? 0 : (long) Math.ceil(seconds * jitter * random.getAsDouble());
        return Math.max(1, Math.min(seconds + longer, maxSeconds));
    }
}
