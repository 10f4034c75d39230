package io.ratelimit.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What becomes of debts when the process ends. */
class ClosingTest {
    private final ManualTicker ticker = new ManualTicker(1_700_000_000_000_000L);
    private final SwitchedStore backend = new SwitchedStore(MemoryStore.of(ticker, 10_000, new Source("backend")));

    @Test
    void chargesWhatIsOwedAtOnce() {
        FailoverStore store = store(100);
        owe(store, 1_000);
        backend.heal();

        store.close();

        assertThat(charged()).isEqualTo(1_000);
    }

    @Test
    void chargesTheOthersWhereSomeAreRefused() {
        FailoverStore store = store(100);
        owe(store, 1_000);
        backend.heal();
        backend.refuse(owner -> owner.startsWith("key-1"));

        assertThat(closing(store)).succeedsWithin(Duration.ofSeconds(3));

        assertThat(charged()).isEqualTo(1_000 - 111);
    }

    @Test
    void findsTheFewThatCanBeChargedAmongManyThatCannot() {
        SwitchedStore gone = new SwitchedStore(MemoryStore.of(ticker, 10_000, new Source("gone")));
        FailoverStore store = FailoverStore.around(new TwoShards(gone))
                .settings(new FailoverSettings(3, Duration.ofSeconds(10), FailoverSettings.LONGEST_PAUSE, 10_000))
                .ticker(ticker)
                .build();
        gone.failWith(StoreException.Kind.CONNECTION);
        for (int i = 0; i < 5_000; i++) {
            assertThat(store.execute(Operation.Acquire.of(demand("gone-" + i)))).succeedsWithin(Duration.ofSeconds(1));
        }
        owe(store, 5);
        backend.heal();

        store.close();

        assertThat(charged()).isEqualTo(5);
    }

    /** A shard for owners that are called so, and the backend for all others. */
    private final class TwoShards implements LimitStore {
        private final LimitStore gone;

        TwoShards(LimitStore gone) {
            this.gone = gone;
        }

        @Override
        public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
            Key key = operations.get(0).keys().get(0);
            return (shardOf(key).equals("gone") ? gone : backend).executeAll(operations);
        }

        @Override
        public String shardOf(Key key) {
            return key.owner().startsWith("gone") ? "gone" : "backend";
        }

        @Override
        public void close() {
            gone.close();
            backend.close();
        }
    }

    @Test
    void waitsASecondAtMostForABackendThatIsSilent() {
        FailoverStore store = store(100);
        owe(store, 10);
        backend.heal();
        backend.holdAnswers("key-3", new CompletableFuture<>());

        assertThat(closing(store)).succeedsWithin(Duration.ofSeconds(3));
        assertThat(charged()).isEqualTo(10);
    }

    @Test
    void doesNotAskABackendWhoseCircuitIsOpen() {
        FailoverStore store = store(3);
        owe(store, 10);
        backend.failWith(StoreException.Kind.CONNECTION);
        for (int i = 0; i < 3; i++) {
            assertThat(store.execute(Operation.Peek.of(demand("opener")))).succeedsWithin(Duration.ofSeconds(1));
        }
        assertThat(store.circuitState()).isEqualTo(CircuitState.OPEN);
        backend.heal();

        store.close();

        assertThat(charged()).isZero();
    }

    private FailoverStore store(int failureThreshold) {
        return FailoverStore.around(backend)
                .settings(new FailoverSettings(
                        failureThreshold, Duration.ofSeconds(10), FailoverSettings.LONGEST_PAUSE, 10_000))
                .ticker(ticker)
                .build();
    }

    /** One permit of each key, which the backend knows nothing of. */
    private void owe(FailoverStore store, int keys) {
        // Of all failures this one says nothing about the backend, so that the circuit stays closed.
        backend.failWith(StoreException.Kind.TRY_AGAIN);
        for (int i = 0; i < keys; i++) {
            assertThat(store.execute(Operation.Acquire.of(demand("key-" + i))))
                    .succeedsWithin(Duration.ofSeconds(1))
                    .satisfies(decision -> assertThat(decision.source()).isEqualTo(Source.FALLBACK));
        }
    }

    private static CompletableFuture<Void> closing(FailoverStore store) {
        return CompletableFuture.runAsync(store::close);
    }

    private long charged() {
        return backend.answered.stream()
                .filter(Operation.Charge.class::isInstance)
                .flatMap(charge -> ((Operation.Charge) charge).demands().stream())
                .mapToLong(Demand::cost)
                .sum();
    }

    private static Demand demand(String owner) {
        Limit limit = Limit.parse("5/1h");
        return Demand.of(new Key(owner, "rule:" + limit.counterName()), limit, 1);
    }
}
