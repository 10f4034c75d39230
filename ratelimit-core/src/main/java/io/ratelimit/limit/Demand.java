package io.ratelimit.limit;

import java.util.Objects;

/**
 * What is asked of one counter: so many permits under a limit.
 *
 * @param key the counter
 * @param limit the limit that the counter is held to
 * @param cost the permits asked for, from 1
 * @param onFailure who decides when the store cannot
 */
public record Demand(Key key, Limit limit, long cost, FailurePolicy onFailure) {
    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException if the cost is below 1
     */
    public Demand {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(limit, "limit");
        Objects.requireNonNull(onFailure, "onFailure");
        if (cost < 1) {
            throw new InvalidValueException("cost", cost, "a whole number from 1, such as 1");
        }
    }

    /** Returns a demand that falls back to the local store. */
    public static Demand of(Key key, Limit limit, long cost) {
        return new Demand(key, limit, cost, FailurePolicy.LOCAL);
    }

    /** Returns the same demand with another cost, from 1. */
    public Demand withCost(long newCost) {
        return newCost == cost ? this : new Demand(key, limit, newCost, onFailure);
    }
}
