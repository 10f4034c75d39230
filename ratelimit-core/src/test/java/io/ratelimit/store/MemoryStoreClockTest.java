package io.ratelimit.store;

import io.ratelimit.limit.Source;
import io.ratelimit.limit.Ticker;

class MemoryStoreClockTest extends ClockContract {
    @Override
    protected LimitStore newStore(Ticker ticker) {
        return MemoryStore.of(ticker, 1_000, new Source("memory"));
    }
}
