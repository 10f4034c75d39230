package io.ratelimit.store.own;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.Ticker;
import io.ratelimit.limit.Verdict;
import io.ratelimit.store.CounterTable;
import io.ratelimit.store.Decider;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.LimitStoreContract;
import io.ratelimit.store.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A store that is put together from the public parts, over a table of its own, keeps the promises of a store. */
class OwnTableStoreTest extends LimitStoreContract {
    @Override
    protected LimitStore newStore(Ticker ticker) {
        return new OwnTableStore(ticker);
    }

    private static final class OwnTableStore implements LimitStore, CounterTable {
        private final Map<Key, Object> states = new HashMap<>();
        private final Decider decider = Decider.exact(new Source("own"));
        private final Ticker ticker;

        OwnTableStore(Ticker ticker) {
            this.ticker = ticker;
        }

        @Override
        public synchronized CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
            List<Decision> decisions = new ArrayList<>();
            operations.forEach(operation -> decisions.add(decider.decide(operation, this, ticker.epochMicros())));
            return CompletableFuture.completedFuture(decisions);
        }

        @Override
        public @Nullable Object state(Key key) {
            return states.get(key);
        }

        @Override
        public void put(Key key, Limit limit, Object state, Verdict verdict) {
            states.put(key, state);
        }

        @Override
        public void remove(Key key) {
            states.remove(key);
        }

        @Override
        public void close() {}
    }
}
