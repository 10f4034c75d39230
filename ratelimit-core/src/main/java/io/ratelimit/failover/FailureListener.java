package io.ratelimit.failover;

import io.ratelimit.store.StoreException;

/** Is told of every failure of a store, on the thread that met it. Must not block. */
@FunctionalInterface
public interface FailureListener {
    /** A store could not decide. */
    void failed(StoreException failure);
}
