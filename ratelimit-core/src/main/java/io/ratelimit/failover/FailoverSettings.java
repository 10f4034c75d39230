package io.ratelimit.failover;

import io.ratelimit.limit.InvalidValueException;
import java.time.Duration;
import java.util.Objects;

/**
 * When a store counts as gone, and how much is remembered for that case.
 *
 * @param failureThreshold the failures or slow calls in a row that open the circuit, from 1 to 100
 * @param slowCallDuration a call that takes longer is slow; from 1 ms
 * @param openDuration the first pause before the store is tried again; from 10 ms to 8 s; it grows up to 8 s
 * @param maxKeys the most counters of the fallback, and the most keys whose last decision is remembered; from 1; fewer
 *     where they would take more than a fifth of the largest heap, at 600 bytes each
 */
public record FailoverSettings(int failureThreshold, Duration slowCallDuration, Duration openDuration, int maxKeys) {
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(10);
    private static final int LARGEST_THRESHOLD = 100;

    /** The longest pause before the store is tried again. */
    public static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

    /** Three in a row, slow from 50 ms, a first pause of 1 s, 100,000 keys. */
    public static final FailoverSettings DEFAULTS =
            new FailoverSettings(3, Duration.ofMillis(50), Duration.ofSeconds(1), 100_000);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public FailoverSettings {
        Objects.requireNonNull(slowCallDuration, "slowCallDuration");
        Objects.requireNonNull(openDuration, "openDuration");
        if (failureThreshold < 1 || failureThreshold > LARGEST_THRESHOLD) {
            throw new InvalidValueException(
                    "failure-threshold", failureThreshold, "1 to " + LARGEST_THRESHOLD + ", such as 3");
        }
        if (slowCallDuration.compareTo(Duration.ofMillis(1)) < 0) {
            throw new InvalidValueException("slow-call-duration", slowCallDuration, "at least 1ms, such as 50ms");
        }
        if (openDuration.compareTo(SHORTEST_PAUSE) < 0 || openDuration.compareTo(LONGEST_PAUSE) > 0) {
            throw new InvalidValueException("open-duration", openDuration, "10ms to 8s, such as 1s");
        }
        if (maxKeys < 1) {
            throw new InvalidValueException("max-keys", maxKeys, "a whole number from 1, such as 100000");
        }
    }
}
