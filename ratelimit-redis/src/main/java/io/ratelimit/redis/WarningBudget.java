package io.ratelimit.redis;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Allows one warning every 30 seconds for all links that share it, so that a cluster whose nodes are all gone fills no log.
 *
 * <p>Safe for any number of threads.
 */
final class WarningBudget {
    private static final long BETWEEN_NANOS = Duration.ofSeconds(30).toNanos();

    private final LongSupplier nanoTime;
    private long lastNanos;

    /**
     * Starts with one warning to spend.
     *
     * @param nanoTime a clock like {@link System#nanoTime()}
     */
    WarningBudget(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.lastNanos = nanoTime.getAsLong() - BETWEEN_NANOS;
    }

    /** Returns whether there is a warning to spend, and spends it. */
    synchronized boolean spend() {
        long now = nanoTime.getAsLong();
        if (now - lastNanos < BETWEEN_NANOS) {
            return false;
        }
        lastNanos = now;
        return true;
    }
}
