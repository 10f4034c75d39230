package io.ratelimit.failover;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Asks a limiter whose backend is gone for so many keys, each so often in turn, and prints how many decisions there were and
 * what memory is left. Arguments: keys, times, limit, algorithm.
 */
final class ManyKeysRun {
    private ManyKeysRun() {}

    public static void main(String[] arguments) {
        int keys = Integer.parseInt(arguments[0]);
        int times = Integer.parseInt(arguments[1]);
        Limit limit = Limit.parse(arguments[2], Algorithm.parse(arguments[3]));
        int decided = 0;
        try (FailoverStore store = FailoverStore.around(new Gone()).build()) {
            for (int i = 0; i < keys * times; i++) {
                // As long as the digest of an identity.
                Key key = new Key("%022d".formatted(i % keys), "rule:" + limit.counterName());
                Decision decision = store.execute(Operation.Acquire.of(Demand.of(key, limit, 1)))
                        .toCompletableFuture()
                        .join();
                decided += decision.limit() > 0 ? 1 : 0;
            }
            System.gc();
            long used =
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
            System.out.printf(
                    "decided %d counters %d used %d MB of %d MB%n",
                    decided,
                    store.fallbackKeys(),
                    used >> 20,
                    Runtime.getRuntime().maxMemory() >> 20);
        }
    }

    private static final class Gone implements LimitStore {
        @Override
        public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
            return CompletableFuture.failedFuture(new StoreException(StoreException.Kind.CONNECTION, "gone", null));
        }

        @Override
        public void close() {}
    }
}
