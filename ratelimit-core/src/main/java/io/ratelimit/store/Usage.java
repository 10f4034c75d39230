package io.ratelimit.store;

import io.ratelimit.algorithm.LimitAlgorithm;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.Limit;
import org.jspecify.annotations.Nullable;

/**
 * What was taken under a limit and has neither left its window nor refilled since: the arithmetic of a counter, for whoever
 * keeps it elsewhere than in a store. Bounded as the debt of a counter is, by one more capacity, and in memory: what was
 * taken from a sliding log counts up to a sixteenth of its window too long.
 *
 * <p>Immutable and safe for any number of threads.
 */
public final class Usage {
    private final Limit limit;
    private final @Nullable Object state;

    private Usage(Limit limit, @Nullable Object state) {
        this.limit = limit;
        this.state = state;
    }

    /** Returns that nothing was taken. */
    public static Usage none(Limit limit) {
        return new Usage(limit, null);
    }

    /**
     * Returns the usage after taking a demand in any case; the demand's limit applies from then on.
     *
     * @param demand what was taken, under the algorithm and window of this usage
     * @param at when, in ticks of the limit
     */
    public Usage plus(Demand demand, long at) {
        Limit current = demand.limit();
        return new Usage(
                current,
                algorithm(current).charge(state, current, at, demand.cost()).state());
    }

    /**
     * Returns the usage after giving back what was taken, as far as it still counts.
     *
     * @param nowMicros the instant of giving back, in microseconds since the epoch
     */
    public Usage minus(Grant grant, long nowMicros) {
        Demand demand = grant.demand();
        Object left = algorithm(limit)
                .refund(state, limit, limit.tickUnit().fromMicros(nowMicros), demand.cost(), grant.takenAt())
                .state();
        return new Usage(limit, left);
    }

    /** Returns the whole permits that count at an instant in microseconds since the epoch, from 0; begun ones count whole. */
    public long permits(long nowMicros) {
        return algorithm(limit).used(state, limit, limit.tickUnit().fromMicros(nowMicros));
    }

    /** A counter's name contains its algorithm, so its state is always that algorithm's. */
    @SuppressWarnings("unchecked")
    private static LimitAlgorithm<Object> algorithm(Limit limit) {
        return (LimitAlgorithm<Object>) LimitAlgorithm.bounded(limit.algorithm());
    }
}
