package io.ratelimit.algorithm;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The entries of a sliding log: so many permits at such a tick, in time order, one entry a tick.
 *
 * <p>Immutable to its users, yet adding costs the same however long the log is: states that follow each other share one
 * buffer, of which each sees its own range. The newest entry is kept outside the buffer, because permits of the same tick
 * are added to it. Only the state that ends where the buffer is filled to may append in place; any other one copies.
 */
final class LogState {
    static final LogState EMPTY = new LogState(new Buffer(0), 0, 0, 0, 0, 0);

    private static final int SMALLEST = 4;
    private static final int SHORT = 32;

    private final Buffer older;
    private final int from;
    private final int to;
    private final long newestTime;
    private final long newestCount;
    private final long used;

    private LogState(Buffer older, int from, int to, long newestTime, long newestCount, long used) {
        this.older = older;
        this.from = from;
        this.to = to;
        this.newestTime = newestTime;
        this.newestCount = newestCount;
        this.used = used;
    }

    /** Entries of several states; what a state sees of it never changes. */
    private static final class Buffer {
        final long[] times;
        final long[] counts;
        final AtomicInteger filled = new AtomicInteger();

        Buffer(int size) {
            this.times = new long[size];
            this.counts = new long[size];
        }
    }

    boolean isEmpty() {
        return newestCount == 0;
    }

    long newest() {
        return newestTime;
    }

    long used() {
        return used;
    }

    /** Returns the entries after the tick. */
    LogState without(long tick) {
        if (isEmpty() || newestTime <= tick) {
            return EMPTY;
        }
        int start = from;
        long left = used;
        while (start < to && older.times[start] <= tick) {
            left -= older.counts[start++];
        }
        return start == from ? this : new LogState(older, start, to, newestTime, newestCount, left);
    }

    /** Adds an entry at the tick, which is not before the newest. */
    LogState plus(long tick, long count) {
        if (isEmpty()) {
            return new LogState(EMPTY.older, 0, 0, tick, count, count);
        }
        if (tick == newestTime) {
            return plusToNewest(tick, count);
        }
        boolean inPlace = to < older.times.length && older.filled.compareAndSet(to, to + 1);
        Buffer buffer = inPlace ? older : copy(grown(to - from));
        int start = inPlace ? from : 0;
        int end = inPlace ? to : to - from;
        buffer.times[end] = newestTime;
        buffer.counts[end] = newestCount;
        if (!inPlace) {
            buffer.filled.set(end + 1);
        }
        return new LogState(buffer, start, end + 1, tick, count, used + count);
    }

    /** Adds to the newest entry, of which there is one, and moves it to the tick, which is not before it. */
    LogState plusToNewest(long tick, long count) {
        return new LogState(older, from, to, tick, newestCount + count, used + count);
    }

    /** Returns the tick of the first entry at or after a tick; that of the newest if there is none. */
    long firstSince(long tick) {
        int index = Arrays.binarySearch(older.times, from, to, tick);
        int first = index < 0 ? -index - 1 : index;
        return first < to ? older.times[first] : newestTime;
    }

    /** Takes from the entry of this very tick, down to nothing. */
    LogState minus(long tick, long count) {
        if (isEmpty()) {
            return this;
        }
        if (tick == newestTime) {
            long taken = Math.min(count, newestCount);
            return taken < newestCount
                    ? new LogState(older, from, to, newestTime, newestCount - taken, used - taken)
                    : withoutNewest();
        }
        int index = Arrays.binarySearch(older.times, from, to, tick);
        if (index < 0) {
            return this;
        }
        long taken = Math.min(count, older.counts[index]);
        Buffer buffer = copy(to - from);
        int at = index - from;
        int end = to - from;
        if (taken < older.counts[index]) {
            buffer.counts[at] -= taken;
        } else {
            end--;
            System.arraycopy(buffer.times, at + 1, buffer.times, at, end - at);
            System.arraycopy(buffer.counts, at + 1, buffer.counts, at, end - at);
        }
        buffer.filled.set(end);
        return new LogState(buffer, 0, end, newestTime, newestCount, used - taken);
    }

    /** Returns the tick of the n-th permit, oldest first. */
    long timeOfPermit(long n) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            sum += older.counts[i];
            if (sum >= n) {
                return older.times[i];
            }
        }
        return newestTime;
    }

    private LogState withoutNewest() {
        if (from == to) {
            return EMPTY;
        }
        int last = to - 1;
        return new LogState(older, from, last, older.times[last], older.counts[last], used - newestCount);
    }

    /** Short logs are copied more often and waste less. */
    private static int grown(int size) {
        return size < SHORT ? size + SMALLEST : 2 * size;
    }

    private Buffer copy(int size) {
        Buffer copy = new Buffer(size);
        System.arraycopy(older.times, from, copy.times, 0, to - from);
        System.arraycopy(older.counts, from, copy.counts, 0, to - from);
        return copy;
    }
}
