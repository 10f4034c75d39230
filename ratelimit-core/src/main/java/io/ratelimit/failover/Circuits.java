package io.ratelimit.failover;

import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A circuit for each shard of the store, so that one that fails leaves the others in use. To the outside they are one: it
 * opens when the first of them opens, and closes when the last of them has closed.
 *
 * <p>Safe for any number of threads.
 */
final class Circuits {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);

    private final FailoverSettings settings;
    private final Consumer<Change> onChange;
    private final Consumer<String> onProbe;
    private final Map<String, Circuit> byShard = new ConcurrentHashMap<>();
    private final Map<String, Circuit> open = new ConcurrentHashMap<>();
    private final AtomicLong lookedAtNanos = new AtomicLong(System.nanoTime());
    private final Queue<Change> untold = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean telling = new AtomicBoolean();
    private boolean told;
    private boolean closed;

    /**
     * Something that the outside is told.
     *
     * @param state open or closed
     * @param reason what opened it; {@code null} if it was slowness, or if it closes
     */
    record Change(CircuitState state, @Nullable StoreException reason) {}

    /**
     * Starts with no shard and everything closed.
     *
     * @param onChange told of the whole opening and closing, by one thread at a time
     * @param onProbe asked to try a shard once; its outcome decides about that shard's circuit
     */
    Circuits(FailoverSettings settings, Consumer<Change> onChange, Consumer<String> onProbe) {
        this.settings = settings;
        this.onChange = onChange;
        this.onProbe = onProbe;
    }

    /** Returns the shard's circuit. */
    Circuit of(String shard) {
        Circuit known = byShard.get(shard);
        return known == null ? byShard.computeIfAbsent(shard, this::create) : known;
    }

    /** Returns the state of the whole: half-open while everything that is not closed is being tried. */
    CircuitState state() {
        CircuitState worst = CircuitState.CLOSED;
        for (Circuit circuit : open.values()) {
            CircuitState state = circuit.state();
            if (state == CircuitState.OPEN) {
                return state;
            }
            worst = state == CircuitState.HALF_OPEN ? state : worst;
        }
        return worst;
    }

    /**
     * Forgets the shards that are open and that the store has no more, such as a node whose slots another one has taken over.
     * Looks at most every {@link #BETWEEN_LOOKS}, because it is called with every decision.
     */
    void forgetGone(Predicate<String> isThere) {
        if (open.isEmpty()) {
            return;
        }
        long last = lookedAtNanos.get();
        long now = System.nanoTime();
        if (now - last > BETWEEN_LOOKS.toNanos() && lookedAtNanos.compareAndSet(last, now)) {
            for (String shard : open.keySet()) {
                if (!isThere.test(shard)) {
                    forget(shard);
                }
            }
        }
    }

    /** Forgets a shard that the store has no more. */
    void forget(String shard) {
        Circuit gone = byShard.remove(shard);
        if (gone != null) {
            gone.close();
            changed(shard, gone);
        }
    }

    /** Leaves the store alone for good. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        byShard.values().forEach(Circuit::close);
    }

    private Circuit create(String shard) {
        return new Circuit(settings, circuit -> changed(shard, circuit), () -> onProbe.accept(shard));
    }

    private void changed(String shard, Circuit circuit) {
        note(shard, circuit);
        tell();
    }

    /** By one thread at a time and in order, and outside of the lock, because a listener may take its time. */
    private void tell() {
        while (!untold.isEmpty() && telling.compareAndSet(false, true)) {
            try {
                Change change = untold.poll();
                if (change != null) {
                    onChange.accept(change);
                }
            } finally {
                telling.set(false);
            }
        }
    }

    /** Looks at the state as it is by now: two transitions may come here in another order than they were made. */
    private synchronized void note(String shard, Circuit circuit) {
        if (closed) {
            return;
        }
        if (circuit.isClosed() || byShard.get(shard) != circuit) {
            open.remove(shard, circuit);
        } else {
            open.put(shard, circuit);
        }
        boolean isOpen = !open.isEmpty();
        if (isOpen != told) {
            told = isOpen;
            untold.add(
                    isOpen ? new Change(CircuitState.OPEN, circuit.reason()) : new Change(CircuitState.CLOSED, null));
        }
    }
}
