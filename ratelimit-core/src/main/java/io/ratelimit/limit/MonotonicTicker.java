package io.ratelimit.limit;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** The monotonic clock of the JVM, anchored to the wall clock at construction. */
final class MonotonicTicker implements Ticker {
    private final long anchorMicros;
    private final long anchorNanos;

    MonotonicTicker() {
        Instant now = Instant.now();
        this.anchorMicros = TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + now.getNano() / 1_000;
        this.anchorNanos = System.nanoTime();
    }

    @Override
    public long epochMicros() {
        return anchorMicros + (System.nanoTime() - anchorNanos) / 1_000;
    }
}
