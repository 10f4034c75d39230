package io.ratelimit.limit;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The unit in which a limit counts time. It depends on the window alone, so that a limit whose permits change keeps its
 * state, and is coarse enough that the products of permits and ticks stay exact in a {@code double}.
 */
public enum TickUnit {
    /** For windows up to a minute. */
    MICROSECOND(1),
    /** For windows up to a day. */
    MILLISECOND(1_000),
    /** For longer windows. */
    SECOND(1_000_000);

    private final long micros;

    TickUnit(long micros) {
        this.micros = micros;
    }

    static TickUnit of(Duration window) {
        if (window.compareTo(Duration.ofMinutes(1)) <= 0) {
            return MICROSECOND;
        }
        return window.compareTo(Duration.ofDays(1)) <= 0 ? MILLISECOND : SECOND;
    }

    /** Returns the length of one tick in microseconds. */
    public long micros() {
        return micros;
    }

    /** Returns the instant in ticks, rounded down, for an instant in microseconds since the epoch. */
    public long fromMicros(long epochMicros) {
        return Math.floorDiv(epochMicros, micros);
    }

    /** Returns so many ticks as a duration. */
    public Duration toDuration(long ticks) {
        return switch (this) {
            case MICROSECOND ->
                Duration.ofSeconds(Math.floorDiv(ticks, 1_000_000L), Math.floorMod(ticks, 1_000_000L) * 1_000);
            case MILLISECOND -> Duration.ofMillis(ticks);
            case SECOND -> Duration.ofSeconds(ticks);
        };
    }

    long ticks(Duration whole) {
        return (whole.toSeconds() * TimeUnit.SECONDS.toMicros(1) + whole.toNanosPart() / 1_000) / micros;
    }

    boolean divides(Duration window) {
        return window.toNanosPart() % 1_000_000 == 0 && (this != SECOND || window.toNanosPart() == 0);
    }
}
