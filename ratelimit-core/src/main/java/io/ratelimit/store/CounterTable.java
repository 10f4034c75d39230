package io.ratelimit.store;

import io.ratelimit.algorithm.LimitAlgorithm;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * The states of counters, as a {@link Decider} reads and changes them. A state is what {@link LimitAlgorithm} made of the one
 * before it: immutable, and of the algorithm of the limit. A table may keep the states or derive them from counts of its
 * own, such as those of several nodes.
 *
 * <p>Called for one operation at a time: the caller of the decider holds whatever guards the table.
 */
public interface CounterTable {
    /** Returns the state of a counter, which stays the same until {@link #put} within one operation; {@code null} if it has none. */
    @Nullable
    Object state(Key key);

    /**
     * Keeps the state of a counter.
     *
     * @param verdict tells when the counter will be as good as new, so that the state may be forgotten
     */
    void put(Key key, Limit limit, Object state, Verdict verdict);

    /**
     * Notes that a counter denied what it may admit later, so that a table that has to make room forgets another one. Does
     * nothing unless a table has to make room.
     */
    default void denied(Key key) {}

    /** Forgets the state of a counter. */
    void remove(Key key);
}
