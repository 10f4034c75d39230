package io.ratelimit.store;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.InvalidValueException;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.Ticker;
import io.ratelimit.limit.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Counters in the memory of this process: bounded, expiring, and decided without waiting.
 *
 * <p>Safe for any number of threads. Several counters of one operation are decided as one: their parts of the memory are
 * locked in a fixed order, which excludes deadlock, and time is read when all are locked.
 */
public final class MemoryStore implements LimitStore {
    /** The most counters unless said otherwise; about 250 MB when all are in use, and 32 bytes for each permit in sliding logs. */
    public static final int DEFAULT_MAX_KEYS = 1_000_000;

    private static final int MOST_SEGMENTS = 256;
    private static final int SMALLEST_SEGMENT = 64;

    private final Ticker ticker;
    private final Decider decider;
    private final MemorySegment[] segments;

    /**
     * Creates a store with its own clock.
     *
     * @param maxKeys the most counters kept, from 1; what happens beyond is told at {@link #of}
     */
    public static MemoryStore withMaxKeys(int maxKeys) {
        return of(Ticker.system(), maxKeys, Source.MEMORY);
    }

    /**
     * Creates a store.
     *
     * <p>When it is full, counters that are as good as new go first, then those with most of their capacity left. One that
     * is used up never goes: if there are only such, newcomers share a counter.
     *
     * @param ticker the clock
     * @param maxKeys the most counters kept, from 1
     * @param source what its decisions say they come from
     * @throws IllegalArgumentException if {@code maxKeys} is below 1
     */
    public static MemoryStore of(Ticker ticker, int maxKeys, Source source) {
        return new MemoryStore(ticker, maxKeys, Decider.exact(source));
    }

    /**
     * Creates a store as {@link #of} does, of which no counter takes more memory the more it is used: sliding logs tell only
     * sixteenths of their windows apart, admit no more than exact ones, and may make a request wait a sixteenth longer.
     *
     * @param ticker the clock
     * @param maxKeys the most counters kept, from 1
     * @param source what its decisions say they come from
     * @throws IllegalArgumentException if {@code maxKeys} is below 1
     */
    public static MemoryStore withBoundedLogs(Ticker ticker, int maxKeys, Source source) {
        return new MemoryStore(ticker, maxKeys, Decider.bounded(source));
    }

    private MemoryStore(Ticker ticker, int maxKeys, Decider decider) {
        if (maxKeys < 1) {
            throw new InvalidValueException("max-keys", maxKeys, "a whole number from 1, such as 1000000");
        }
        this.ticker = Objects.requireNonNull(ticker, "ticker");
        this.decider = decider;
        int wanted = Math.min(MOST_SEGMENTS, Math.max(1, maxKeys / SMALLEST_SEGMENT));
        this.segments = new MemorySegment[Integer.highestOneBit(wanted)];
        for (int i = 0; i < segments.length; i++) {
            segments[i] = new MemorySegment(maxKeys / segments.length);
        }
    }

    @Override
    public CompletionStage<Decision> execute(Operation operation) {
        return CompletableFuture.completedFuture(decide(operation));
    }

    @Override
    public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
        List<Decision> decisions = new ArrayList<>(operations.size());
        for (Operation operation : operations) {
            decisions.add(decide(operation));
        }
        return CompletableFuture.completedFuture(decisions);
    }

    /** Carries out one operation at once. */
    public Decision decide(Operation operation) {
        List<Key> keys = operation.keys();
        if (keys.size() == 1) {
            MemorySegment segment = segments[indexOf(keys.get(0))];
            segment.lock();
            try {
                return decideAt(operation, segment, new MemorySegment[] {segment});
            } finally {
                segment.unlock();
            }
        }
        MemorySegment[] touched = keys.stream()
                .mapToInt(this::indexOf)
                .distinct()
                .sorted()
                .mapToObj(index -> segments[index])
                .toArray(MemorySegment[]::new);
        for (MemorySegment segment : touched) {
            segment.lock();
        }
        try {
            return decideAt(operation, new Spread(), touched);
        } finally {
            for (MemorySegment segment : touched) {
                segment.unlock();
            }
        }
    }

    /** Returns how many counters there are. */
    public long size() {
        long size = 0;
        for (MemorySegment segment : segments) {
            segment.lock();
            try {
                size += segment.size();
            } finally {
                segment.unlock();
            }
        }
        return size;
    }

    /** Does nothing: there is nothing to release but memory. */
    @Override
    public void close() {}

    private Decision decideAt(Operation operation, CounterTable table, MemorySegment[] locked) {
        long now = ticker.epochMicros();
        for (MemorySegment segment : locked) {
            segment.begin(now);
        }
        List<Key> keys = operation.keys();
        if (keys.size() > 1) {
            keys.forEach(key -> segments[indexOf(key)].keep(key));
        }
        try {
            return decider.decide(operation, table, now);
        } finally {
            for (MemorySegment segment : locked) {
                segment.end();
            }
        }
    }

    private int indexOf(Key key) {
        int hash = key.hashCode() * 0x9E3779B9;
        return (hash ^ hash >>> 16) & (segments.length - 1);
    }

    /** The counters of several segments. */
    private final class Spread implements CounterTable {
        @Override
        public @Nullable Object state(Key key) {
            return segments[indexOf(key)].state(key);
        }

        @Override
        public void put(Key key, Limit limit, Object state, Verdict verdict) {
            segments[indexOf(key)].put(key, limit, state, verdict);
        }

        @Override
        public void denied(Key key) {
            segments[indexOf(key)].denied(key);
        }

        @Override
        public void remove(Key key) {
            segments[indexOf(key)].remove(key);
        }
    }
}
