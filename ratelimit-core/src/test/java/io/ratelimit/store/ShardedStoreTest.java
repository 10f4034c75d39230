package io.ratelimit.store;

import io.ratelimit.limit.Source;
import io.ratelimit.limit.Ticker;
import java.util.List;

/** What is put together from pieces keeps the promises of a store that is one whole. */
class ShardedStoreTest extends LimitStoreContract {
    @Override
    protected LimitStore newStore(Ticker ticker) {
        return new ShardedStore(List.of(memory(ticker), memory(ticker), memory(ticker)));
    }

    private static MemoryStore memory(Ticker ticker) {
        return MemoryStore.of(ticker, 1_000_000, Source.MEMORY);
    }
}
