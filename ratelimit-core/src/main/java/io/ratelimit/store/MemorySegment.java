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
 * that loses least: of a few, the one with the largest share of its capacity left. One that is used up, or that has denied
 * somebody since, is never dropped, because that would hand a blocked identity a fresh quota; where there is nothing else to
 * drop, newcomers share one counter.
 *
 * <p>Between {@link #begin} and {@link #end} is one operation. Where a newcomer's counter goes is found when its state is asked
 * for, and stays so until the operation ends.
 */
final class MemorySegment implements CounterTable {
    private static final int SWEPT = 2;
    private static final int SAMPLED = 16;

    private final ReentrantLock lock = new ReentrantLock();
    private final int capacity;
    private final Map<Key, Counter> counters = new HashMap<>();
    private final List<Counter> ring = new ArrayList<>();
    private final Map<String, Object> shared = new HashMap<>();
    /** Where the newcomers of this operation go. */
    private final Map<Key, Place> places = new HashMap<>();
    /** What this operation drops for nobody else: its own counters, and those that make room already. */
    private final List<Counter> kept = new ArrayList<>();

    private int promisedRooms;
    private int toSweep;
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
        boolean kept;
        double shareLeft;
        int index;

        Counter(Key key, Object state, int index) {
            this.key = key;
            this.state = state;
            this.index = index;
        }
    }

    /**
     * Where a newcomer's counter goes.
     *
     * @param isShared to the counter that all newcomers share
     * @param victim what is dropped for it; {@code null} if there is room
     */
    private record Place(boolean isShared, @Nullable Counter victim) {
        static final Place ROOM = new Place(false, null);
        static final Place SHARED = new Place(true, null);
    }

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    /** Begins an operation at an instant, by which counters are judged to be as good as new. The caller holds the lock, also below. */
    void begin(long micros) {
        nowMicros = micros;
    }

    /** Ends it. Only now, because within an operation what is looked at and what is changed have to be the same. */
    void end() {
        places.clear();
        promisedRooms = 0;
        kept.forEach(counter -> counter.kept = false);
        kept.clear();
        sweep();
        if (stuck) {
            stuck = false;
            hand = (hand + SAMPLED) % Math.max(1, ring.size());
        }
    }

    /** Notes that a counter belongs to the operation that has begun, so that it makes no room for another one of it. */
    void keep(Key key) {
        Counter counter = counters.get(key);
        if (counter != null) {
            keep(counter);
        }
    }

    private void keep(Counter counter) {
        counter.kept = true;
        kept.add(counter);
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
        return placeOf(key).isShared() ? shared.get(key.counter()) : null;
    }

    @Override
    public void put(Key key, Limit limit, Object state, Verdict verdict) {
        Counter counter = counters.get(key);
        if (counter == null) {
            Place place = placeOf(key);
            if (place.isShared()) {
                shared.put(key.counter(), state);
                return;
            }
            counter = insert(key, state, place);
        }
        counter.state = state;
        counter.freshAtMicros =
                (verdict.at() + verdict.resetAfter()) * limit.tickUnit().micros();
        counter.spent = verdict.remaining() == 0;
        counter.shareLeft = (double) verdict.remaining() / limit.capacity();
    }

    @Override
    public void denied(Key key) {
        Counter counter = counters.get(key);
        if (counter != null) {
            counter.spent = true;
        }
    }

    @Override
    public void remove(Key key) {
        Counter counter = counters.get(key);
        if (counter != null) {
            drop(counter);
        }
    }

    private Place placeOf(Key key) {
        return places.computeIfAbsent(key, newcomer -> findPlace());
    }

    private Place findPlace() {
        if (counters.size() + promisedRooms < capacity) {
            promisedRooms++;
            return Place.ROOM;
        }
        Counter victim = leastLoss();
        if (victim == null) {
            return Place.SHARED;
        }
        keep(victim);
        return new Place(false, victim);
    }

    private Counter insert(Key key, Object state, Place place) {
        if (place.victim() == null) {
            promisedRooms--;
        } else {
            drop(place.victim());
        }
        Counter counter = new Counter(key, state, ring.size());
        ring.add(counter);
        counters.put(key, counter);
        keep(counter);
        toSweep += SWEPT;
        return counter;
    }

    /** Looks at a few counters for each new one, so that the dropped keep up with the added. */
    private void sweep() {
        for (; toSweep > 0 && !ring.isEmpty(); toSweep--) {
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
            if (counter.kept) {
                continue;
            }
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
