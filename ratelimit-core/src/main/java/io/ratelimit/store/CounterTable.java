package io.ratelimit.store;

import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Verdict;
import org.jspecify.annotations.Nullable;

/** The states of the counters that one operation touches. Whoever passes it holds whatever guards them. */
interface CounterTable {
    /** Returns the state of a counter, {@code null} if it has none. */
    @Nullable
    Object state(Key key);

    /** Keeps the state of a counter; the verdict tells when it will be as good as new. */
    void put(Key key, Limit limit, Object state, Verdict verdict);

    /** Notes that a counter denied what it may admit later, so that it must not be forgotten before. */
    void denied(Key key);

    void remove(Key key);
}
