package io.ratelimit.limit;

import java.util.Objects;

/**
 * Permits that were taken from one counter, to be given back if they turn out not to have been used.
 *
 * @param demand what was taken
 * @param takenAt when, in ticks of the demand's limit on the store's clock; {@link #NOW} if it was just now
 * @param source the store that decided, which is the one to give them back to
 */
public record Grant(Demand demand, long takenAt, Source source) {
    /** Stands for the instant at which the permits are given back. */
    public static final long NOW = Long.MAX_VALUE;

    /** Checks that the parts are there. */
    public Grant {
        Objects.requireNonNull(demand, "demand");
        Objects.requireNonNull(source, "source");
    }
}
