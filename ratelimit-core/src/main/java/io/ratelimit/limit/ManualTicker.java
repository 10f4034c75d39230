package io.ratelimit.limit;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Time that a test moves by hand, also backwards. Safe for any number of threads. */
public final class ManualTicker implements Ticker {
    private final AtomicLong micros;

    /** Starts at an instant in microseconds since the epoch. */
    public ManualTicker(long epochMicros) {
        this.micros = new AtomicLong(epochMicros);
    }

    @Override
    public long epochMicros() {
        return micros.get();
    }

    /** Goes to an instant in microseconds since the epoch. */
    public void set(long epochMicros) {
        micros.set(epochMicros);
    }

    /** Lets time pass, in whole microseconds; a negative time goes back. */
    public void advance(Duration time) {
        micros.addAndGet(TimeUnit.NANOSECONDS.toMicros(time.toNanos()));
    }
}
