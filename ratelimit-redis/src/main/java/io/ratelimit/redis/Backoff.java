package io.ratelimit.redis;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before the next attempt to connect: not at all after a success, then twice as long after each failure,
 * up to a bound. A random part keeps the instances of an application from knocking together.
 *
 * <p>Not safe for several threads; its owner guards it.
 */
final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(20);
    private static final Duration LONGEST = Duration.ofSeconds(1);
    private static final int MOST_DOUBLINGS = 16;

    private int failures;

    /** Returns the next pause, which is longer the more often it was asked for since the last {@link #reset}. */
    Duration next() {
        if (failures == 0) {
            failures++;
            return Duration.ZERO;
        }
        long pause = Math.min(LONGEST.toNanos(), FIRST.toNanos() << Math.min(failures - 1, MOST_DOUBLINGS));
        failures++;
        return Duration.ofNanos(pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1));
    }

    /** Starts again from no pause, because the server has answered. */
    void reset() {
        failures = 0;
    }
}
