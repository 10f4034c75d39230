package io.ratelimit.store;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Keeps what happens again and again from filling the log: one warning, and the next after a pause.
 *
 * <p>Safe for any number of threads.
 */
public final class WarningBudget {
    private final long pauseNanos;
    private final LongSupplier nanoTime;
    private long lastNanos;

    /**
     * Starts with one warning to spend.
     *
     * @param pause the least time between two warnings
     * @param nanoTime a clock like {@link System#nanoTime()}
     */
    public WarningBudget(Duration pause, LongSupplier nanoTime) {
        this.pauseNanos = pause.toNanos();
        this.nanoTime = nanoTime;
        this.lastNanos = nanoTime.getAsLong() - pauseNanos;
    }

    /** Returns whether there is a warning to spend, and spends it. */
    public synchronized boolean spend() {
        long now = nanoTime.getAsLong();
        if (now - lastNanos < pauseNanos) {
            return false;
        }
        lastNanos = now;
        return true;
    }
}
