package io.ratelimit.failover;

import io.ratelimit.store.StoreException;
import org.jspecify.annotations.Nullable;

/** Is told how a store fares, on the thread that found out. Must not block; what it throws is dropped. */
public interface FailoverListener {
    /** Is told nothing. */
    FailoverListener NONE = new FailoverListener() {};

    /** The store could not decide a call, or a probe. */
    default void failed(StoreException failure) {}

    /**
     * The circuit opened or closed.
     *
     * @param reason the failure that opened it; {@code null} if the store was slow, or if the circuit closed
     */
    default void circuitChanged(CircuitState state, @Nullable StoreException reason) {}
}
