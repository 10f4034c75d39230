package io.ratelimit.identity;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * A few objects to be used again, which are costly to make: one for each of {@value #PLACES} groups of threads. Unlike a
 * thread-local it costs nothing per (virtual) thread, and who finds none makes one.
 *
 * <p>Safe for any number of threads, and free of locks.
 */
final class Spares<T> {
    private static final int PLACES = 16;

    private final AtomicReferenceArray<T> spares = new AtomicReferenceArray<>(PLACES);
    private final Supplier<T> maker;

    Spares(Supplier<T> maker) {
        this.maker = maker;
    }

    T take() {
        T spare = spares.getAndSet(place(), null);
        return spare == null ? maker.get() : spare;
    }

    /** Takes an object back, in the state in which it is made. */
    void give(T used) {
        spares.lazySet(place(), used);
    }

    private static int place() {
        return (int) Thread.currentThread().getId() & (PLACES - 1);
    }
}
