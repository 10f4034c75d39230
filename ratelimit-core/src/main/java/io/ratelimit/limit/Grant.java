package io.ratelimit.limit;

import java.util.Objects;

/**
 * Permits that were taken from one counter, to be given back if they turn out not to have been used.
 *
 * @param demand what is to be given back: all that was taken, or a part of it
 * @param kept the permits that were taken in the same decision and stay taken, from 0: a store that took less than was
 *     asked reckons with them how much of that it has to give back
 * @param takenAt when, in ticks of the demand's limit on the store's clock; {@link #NOW} if it was just now
 * @param source the store that decided, which is the one to give them back to
 */
public record Grant(Demand demand, long kept, long takenAt, Source source) {
    /** Stands for the instant at which the permits are given back. */
    public static final long NOW = Long.MAX_VALUE;

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException if less than nothing is kept
     */
    public Grant {
        Objects.requireNonNull(demand, "demand");
        Objects.requireNonNull(source, "source");
        if (kept < 0) {
            throw new InvalidValueException("kept", kept, "a whole number from 0, such as 1");
        }
    }

    /** Grants all that was taken. */
    public Grant(Demand demand, long takenAt, Source source) {
        this(demand, 0, takenAt, source);
    }

    /**
     * Returns the part of this grant that is to be given back.
     *
     * @param permits from 1, at most this grant's
     * @throws IllegalArgumentException if the permits are out of range
     */
    public Grant part(long permits) {
        long rest = demand.cost() - permits;
        if (rest < 0) {
            throw new InvalidValueException("permits", permits, "at most the " + demand.cost() + " that were taken");
        }
        return new Grant(demand.withCost(permits), kept + rest, takenAt, source);
    }
}
