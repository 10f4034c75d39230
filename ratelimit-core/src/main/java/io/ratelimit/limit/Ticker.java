package io.ratelimit.limit;

/**
 * A source of time that does not run backwards: microseconds since the epoch.
 *
 * <p>Implementations are safe for any number of threads. Tests pass one that they move by hand.
 */
@FunctionalInterface
public interface Ticker {
    /** Returns the current instant in microseconds since 1970-01-01T00:00Z. */
    long epochMicros();

    /**
     * Returns a ticker that reads the wall clock once, now, and from then on follows the JVM's monotonic clock, so that
     * a corrected wall clock neither frees nor blocks anyone.
     */
    static Ticker system() {
        return new MonotonicTicker();
    }
}
