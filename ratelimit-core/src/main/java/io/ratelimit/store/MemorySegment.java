package io.ratelimit.store;

import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A bounded part of the counters in memory, guarded by one lock.
 *
 * <p>A counter that is as good as new is dropped when others come. Beyond that, room is made at the expense of the counter
 * that loses least: of a few, the one with the largest share of its capacity left. One that is used up is never dropped,
 * because that would hand a blocked identity a fresh quota; where there is nothing else to drop, newcomers share one
 * counter.
 */
final class MemorySegment implements CounterTable {
    private static final int SWEPT = 2;
    private static final int SAMPLED = 16;

    private final ReentrantLock lock = new ReentrantLock();
    private final int capacity;
    private final Map<Key, Counter> counters = new HashMap<>();
    private final List<Counter> ring = new ArrayList<>();
    private final Map<String, Object> shared = new HashMap<>();
    private int hand;
    private boolean stuck;
    private long nowMicros;

    MemorySegment(int capacity) {
        this.capacity = capacity;
    }

    private static final class Counter {
        final Key key;
        Object state;
        long freshAtMicros;
        boolean spent;
        double shareLeft;
        int index;

        Counter(Key key, Object state, int index) {
            this.key = key;
            this.state = state;
            this.index = index;
        }
    }

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    /** Sets the instant at which counters are judged to be as good as new. The caller holds the lock, also below. */
    void setNow(long micros) {
        nowMicros = micros;
        if (stuck) {
            // Only between operations: within one, looking and taking have to see the same.
            stuck = false;
            hand = (hand + SAMPLED) % Math.max(1, ring.size());
        }
    }

    int size() {
        return counters.size();
    }

    @Override
    public @Nullable Object state(Key key) {
        Counter counter = counters.get(key);
        if (counter != null) {
            return counter.state;
        }
        return counters.size() >= capacity && leastLoss() == null ? shared.get(key.counter()) : null;
    }

    @Override
    public void put(Key key, Limit limit, Object state, Verdict verdict) {
        Counter counter = counters.get(key);
        if (counter == null) {
            counter = insert(key, state);
        }
        if (counter == null) {
            shared.put(key.counter(), state);
            return;
        }
        counter.state = state;
        counter.freshAtMicros =
                (verdict.at() + verdict.resetAfter()) * limit.tickUnit().micros();
        counter.spent = verdict.remaining() == 0;
        counter.shareLeft = (double) verdict.remaining() / limit.capacity();
    }

    @Override
    public void remove(Key key) {
        Counter counter = counters.get(key);
        if (counter != null) {
            drop(counter);
        }
    }

    private @Nullable Counter insert(Key key, Object state) {
        sweep();
        if (counters.size() >= capacity) {
            Counter victim = leastLoss();
            if (victim == null) {
                return null;
            }
            drop(victim);
        }
        Counter counter = new Counter(key, state, ring.size());
        ring.add(counter);
        counters.put(key, counter);
        return counter;
    }

    /** Looks at a few counters for each new one, so that the dropped keep up with the added. */
    private void sweep() {
        for (int i = 0; i < SWEPT && !ring.isEmpty(); i++) {
            hand = hand < ring.size() ? hand : 0;
            Counter counter = ring.get(hand);
            if (counter.freshAtMicros <= nowMicros) {
                drop(counter);
            } else {
                hand++;
            }
        }
    }

    /** Returns the counter to drop: one that is as good as new, else the one with most left; null if all are used up. */
    private @Nullable Counter leastLoss() {
        Counter best = null;
        for (int i = 0; i < Math.min(SAMPLED, ring.size()); i++) {
            Counter counter = ring.get((hand + i) % ring.size());
            if (counter.freshAtMicros <= nowMicros) {
                return counter;
            }
            if (!counter.spent && (best == null || counter.shareLeft > best.shareLeft)) {
                best = counter;
            }
        }
        stuck = best == null;
        return best;
    }

    private void drop(Counter counter) {
        counters.remove(counter.key);
        Counter last = ring.remove(ring.size() - 1);
        if (last != counter) {
            ring.set(counter.index, last);
            last.index = counter.index;
        }
    }
}
