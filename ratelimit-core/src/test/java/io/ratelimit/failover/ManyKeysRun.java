package io.ratelimit.failover;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.Verdict;
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
        Going backend = new Going();
        try (FailoverStore store = FailoverStore.around(backend).build()) {
            for (int i = 0; i < keys; i++) {
                ask(store, i, limit);
            }
            backend.gone = true;
            for (int i = 0; i < keys * times; i++) {
                decided += ask(store, i % keys, limit).limit() > 0 ? 1 : 0;
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

    private static Decision ask(FailoverStore store, int number, Limit limit) {
        // As long as the digest of an identity.
        Key key = new Key("%022d".formatted(number), "rule:" + limit.counterName());
        return store.execute(Operation.Acquire.of(Demand.of(key, limit, 1)))
                .toCompletableFuture()
                .join();
    }

    /** Admits everything and remembers nothing, until it is gone. */
    private static final class Going implements LimitStore {
        private boolean gone;

        @Override
        public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
            return gone
                    ? CompletableFuture.failedFuture(new StoreException(StoreException.Kind.CONNECTION, "gone", null))
                    : CompletableFuture.completedFuture(
                            operations.stream().map(Going::admitted).toList());
        }

        private static Decision admitted(Operation operation) {
            Operation.Acquire acquire = (Operation.Acquire) operation;
            return Decision.of(
                    acquire.demands().stream()
                            .map(demand -> new LimitDecision(
                                    demand,
                                    new Verdict(
                                            true,
                                            demand.limit().capacity() - 1,
                                            0,
                                            demand.limit().windowTicks(),
                                            0,
                                            0),
                                    new Source("backend")))
                            .toList(),
                    List.of());
        }

        @Override
        public void close() {}
    }
}
