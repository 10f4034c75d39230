package io.ratelimit.failover;

import io.ratelimit.limit.Source;
import io.ratelimit.limit.Ticker;
import io.ratelimit.store.ClockContract;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An outage begins when a key's quota is used up, and the clock of the fallback jumps in it. */
class FailoverStoreClockTest extends ClockContract {
    private final List<SwitchedStore> backends = new ArrayList<>();

    @Override
    protected LimitStore newStore(Ticker ticker) {
        SwitchedStore backend = new SwitchedStore(MemoryStore.of(ticker, 1_000, new Source("backend")));
        backends.add(backend);
        return FailoverStore.around(backend)
                .settings(new FailoverSettings(1, Duration.ofSeconds(10), Duration.ofSeconds(8), 1_000))
                .ticker(ticker)
                .build();
    }

    @Override
    protected void clockIsAboutToJump() {
        backends.forEach(backend -> backend.failWith(StoreException.Kind.CONNECTION));
    }
}
