package io.ratelimit.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.limit.Algorithm;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An outage of a shard that has so few of the keys that nobody meets one of them by chance. */
class SmallShardTest {
    private static final Source BACKEND = new Source("backend");

    private final ManualTicker ticker = new ManualTicker(1_700_000_000_000_000L);
    private final SwitchedStore small = new SwitchedStore(MemoryStore.of(ticker, 1_000, BACKEND));
    private final SwitchedStore large = new SwitchedStore(MemoryStore.of(ticker, 1_000, BACKEND));
    private volatile boolean moved;
    private final List<CircuitState> changes = new CopyOnWriteArrayList<>();
    private final FailoverStore store = FailoverStore.around(new Lopsided())
            .settings(new FailoverSettings(3, Duration.ofSeconds(10), Duration.ofMillis(20), 1_000))
            .ticker(ticker)
            .listener(new FailoverListener() {
                @Override
                public void circuitChanged(CircuitState state, @Nullable StoreException reason) {
                    changes.add(state);
                }
            })
            .build();

    private final Demand inSmall = demand("only");
    private final Demand inLarge = demand("any");

    private final class Lopsided implements LimitStore {
        @Override
        public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
            Key key = operations.get(0).keys().get(0);
            return (shardOf(key).equals("small") ? small : large).executeAll(operations);
        }

        @Override
        public String shardOf(Key key) {
            return !moved && key.owner().equals("only") ? "small" : "large";
        }

        @Override
        public void close() {
            small.close();
            large.close();
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void staysOpenUntilItIsBack() {
        openCircuit();

        await().during(Duration.ofMillis(600)).until(() -> {
            assertThat(acquire(inLarge).source()).isEqualTo(BACKEND);
            return store.circuitState() != CircuitState.CLOSED;
        });
        assertThat(changes).containsExactly(CircuitState.OPEN);

        small.heal();
        await().until(() -> store.circuitState() == CircuitState.CLOSED);
        assertThat(acquire(inSmall).remaining())
                .as("three in the outage and one now; probes count for nobody")
                .isEqualTo(96);
    }

    @Test
    void staysOpenAlsoIfItIsSlow() {
        FailoverSettings impatient = new FailoverSettings(1, Duration.ofMillis(100), Duration.ofMillis(20), 1_000);
        try (FailoverStore over = FailoverStore.around(new Lopsided())
                .settings(impatient)
                .ticker(ticker)
                .build()) {
            CompletableFuture<Void> late = new CompletableFuture<>();
            small.holdAnswers("only", late);
            late.completeOnTimeout(null, 150, TimeUnit.MILLISECONDS);
            assertThat(decide(over, inSmall).source()).isEqualTo(BACKEND);
            small.holdAnswers("only", new CompletableFuture<>());

            await().during(Duration.ofMillis(600)).until(() -> {
                assertThat(decide(over, inLarge).source()).isEqualTo(BACKEND);
                return over.circuitState() != CircuitState.CLOSED;
            });
        }
    }

    @Test
    void isForgottenWhenItsKeysHaveMoved() {
        openCircuit();

        moved = true;

        await().until(() -> acquire(inLarge).source().equals(BACKEND) && store.circuitState() == CircuitState.CLOSED);
        assertThat(acquire(inSmall).source()).isEqualTo(BACKEND);
    }

    private void openCircuit() {
        small.failWith(StoreException.Kind.CONNECTION);
        for (int i = 0; i < 3; i++) {
            assertThat(acquire(inSmall).source()).isEqualTo(Source.FALLBACK);
        }
        assertThat(changes).containsExactly(CircuitState.OPEN);
    }

    private Decision acquire(Demand demand) {
        return decide(store, demand);
    }

    private static Decision decide(FailoverStore store, Demand demand) {
        return store.execute(Operation.Acquire.of(demand)).toCompletableFuture().join();
    }

    private static Demand demand(String owner) {
        Limit limit = Limit.parse("100/1h", Algorithm.FIXED_WINDOW);
        return Demand.of(new Key(owner, "test:" + limit.counterName()), limit, 1);
    }
}
