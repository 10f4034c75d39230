package io.ratelimit.spring.test;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.Operation;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The counters of a test, in memory. Before each test method they are empty, and the time is that of
 * {@link #START_EPOCH_MICROS}; it passes only when the test says so.
 *
 * <p>Safe for any number of threads.
 */
public final class TestLimits implements LimitStore {
    /** 2026-01-01T00:00:00Z in microseconds since the epoch: a window of any length up to a day begins here. */
    public static final long START_EPOCH_MICROS = 1_767_225_600_000_000L;

    private static final int MAX_KEYS = 10_000;

    private final ManualTicker ticker;
    private volatile MemoryStore counters;

    /**
     * Starts with nothing counted.
     *
     * @param ticker the time of the counters
     */
    public TestLimits(ManualTicker ticker) {
        this.ticker = ticker;
        this.counters = empty();
    }

    private MemoryStore empty() {
        return MemoryStore.of(ticker, MAX_KEYS, Source.MEMORY);
    }

    /** Forgets all that is counted, and goes back to the start of time. */
    public void reset() {
        ticker.set(START_EPOCH_MICROS);
        counters = empty();
    }

    @Override
    public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
        return counters.executeAll(operations);
    }

    @Override
    public void close() {
        counters.close();
    }
}
