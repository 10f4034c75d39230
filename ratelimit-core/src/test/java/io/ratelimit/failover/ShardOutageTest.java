package io.ratelimit.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.FailurePolicy;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.ShardedStore;
import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An outage of one of three shards. */
class ShardOutageTest {
    private static final Source BACKEND = new Source("backend");

    private final ManualTicker ticker = new ManualTicker(1_700_000_000_000_000L);
    private final List<SwitchedStore> shards = List.of(shard(), shard(), shard());
    private final ShardedStore backend = new ShardedStore(shards);
    private final List<CircuitState> changes = new CopyOnWriteArrayList<>();
    private final FailoverStore store = FailoverStore.around(backend)
            .settings(new FailoverSettings(3, Duration.ofSeconds(10), Duration.ofMillis(20), 1_000))
            .ticker(ticker)
            .listener(new FailoverListener() {
                @Override
                public void circuitChanged(CircuitState state, @Nullable StoreException reason) {
                    changes.add(state);
                }
            })
            .build();

    private final Demand first = demand(0);
    private final Demand second = demand(1);

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void leavesTheOtherShardsInUse() {
        shards.get(0).failWith(StoreException.Kind.CONNECTION);
        for (int i = 0; i < 20; i++) {
            assertThat(acquire(first.withCost(1)).source()).isEqualTo(Source.FALLBACK);
            assertThat(acquire(second.withCost(1)).source()).isEqualTo(BACKEND);
        }
        assertThat(shards.get(0).asked)
                .as("asked until its circuit opened, and by few probes")
                .hasSizeLessThan(10);
        assertThat(store.circuitState()).isNotEqualTo(CircuitState.CLOSED);
        assertThat(changes).containsExactly(CircuitState.OPEN);
    }

    @Test
    void tellsOneOpeningAndOneClosingHoweverManyShardsFail() {
        shards.forEach(shard -> shard.failWith(StoreException.Kind.CONNECTION));
        for (int i = 0; i < 5; i++) {
            for (int shard = 0; shard < 3; shard++) {
                assertThat(acquire(demand(shard)).source()).isEqualTo(Source.FALLBACK);
            }
        }
        shards.get(0).heal();
        await().until(() -> acquire(first).source().equals(BACKEND));
        assertThat(store.circuitState()).as("two shards are still gone").isNotEqualTo(CircuitState.CLOSED);
        assertThat(changes).containsExactly(CircuitState.OPEN);

        shards.forEach(SwitchedStore::heal);
        await().until(() -> store.circuitState() == CircuitState.CLOSED);
        await().untilAsserted(() -> assertThat(changes).containsExactly(CircuitState.OPEN, CircuitState.CLOSED));
    }

    @Test
    void decidesEachLimitOfARequestWhereItCan() {
        shards.get(0).failWith(StoreException.Kind.CONNECTION);

        Decision mixed = acquire(first, second);

        assertThat(mixed.allowed()).isTrue();
        assertThat(mixed.source()).isEqualTo(Source.FALLBACK);
        assertThat(mixed.grants()).extracting(Grant::source).containsExactly(Source.FALLBACK, BACKEND);
    }

    @Test
    void givesBackToEachItsOwn() {
        shards.get(0).failWith(StoreException.Kind.CONNECTION);
        Decision mixed = acquire(second, first);

        assertThat(given(mixed).limits()).hasSize(2);

        shards.get(0).heal();
        await().until(() -> peek(first).source().equals(BACKEND));
        assertThat(peek(first).remaining()).as("nothing is owed").isEqualTo(10);
        assertThat(peek(second).remaining()).isEqualTo(10);
    }

    @Test
    void deniesWhereAShardThatIsWellDeniesBehindOneThatIsAdmittedWithoutCounting() {
        shards.get(0).failWith(StoreException.Kind.CONNECTION);
        assertThat(acquire(second.withCost(10)).allowed()).isTrue();
        Demand counted = demand(0);
        Demand uncounted = new Demand(
                new Key(counted.key().owner(), "another:" + counted.limit().counterName()),
                counted.limit(),
                1,
                FailurePolicy.ALLOW);

        Decision alone = acquire(uncounted, second);
        Decision mixed = acquire(uncounted, counted, second);

        assertThat(alone.allowed()).isFalse();
        assertThat(mixed.allowed()).isFalse();
        assertThat(mixed.limits())
                .extracting(limit -> limit.demand().key())
                .containsExactly(uncounted.key(), counted.key(), second.key());
        assertThat(acquire(counted.withCost(10)).allowed())
                .as("what the fallback took was given back")
                .isTrue();
    }

    @Test
    void takesNothingWhereTheFallbackDeniesBehindAShardThatIsWell() {
        shards.get(0).failWith(StoreException.Kind.CONNECTION);
        assertThat(acquire(first.withCost(10)).allowed()).isTrue();

        Decision denied = acquire(second, first);

        assertThat(denied.allowed()).isFalse();
        assertThat(denied.source()).isEqualTo(Source.FALLBACK);
        assertThat(peek(second).remaining()).isEqualTo(10);
    }

    @Test
    void chargesAShardThatIsBackWhileAnotherIsStillGone() {
        shards.get(0).failWith(StoreException.Kind.CONNECTION);
        shards.get(1).failWith(StoreException.Kind.CONNECTION);
        for (int i = 0; i < 4; i++) {
            assertThat(acquire(first).source()).isEqualTo(Source.FALLBACK);
            assertThat(acquire(second).source()).isEqualTo(Source.FALLBACK);
        }

        shards.get(0).heal();

        await().until(() -> shards.get(0).answered.stream()
                .anyMatch(operation -> operation instanceof Operation.Charge charge
                        && charge.demands().contains(first.withCost(4))));
        assertThat(peek(first).remaining()).isEqualTo(6);
        assertThat(shards.get(1).answered).isEmpty();
    }

    @Test
    void forgetsAShardThatTheStoreHasNoMore() {
        Moving moving = new Moving(shards.get(0), shards.get(1));
        try (FailoverStore over = failing(moving, Duration.ofMillis(20))) {

            moving.moved = true;

            assertThat(decide(over, Operation.Acquire.of(second)).source()).isEqualTo(BACKEND);
            await("without traffic, by the probe").until(() -> over.circuitState() == CircuitState.CLOSED);
        }
    }

    @Test
    void forgetsAShardThatTheStoreHasNoMoreLongBeforeItsNextProbe() {
        Moving moving = new Moving(shards.get(0), shards.get(1));
        try (FailoverStore over = failing(moving, Duration.ofSeconds(8))) {

            moving.moved = true;

            await().atMost(Duration.ofSeconds(3))
                    .until(() ->
                            decide(over, Operation.Peek.of(second)).source().equals(BACKEND)
                                    && over.circuitState() == CircuitState.CLOSED);
        }
    }

    @Test
    void keepsTheCircuitClosedWhileKeysAreBeingMovedApart() {
        shards.get(0).failWith(StoreException.Kind.TRY_AGAIN);
        for (int i = 0; i < 10; i++) {
            assertThat(acquire(first.withCost(1)).source()).isEqualTo(Source.FALLBACK);
        }
        assertThat(store.circuitState()).isEqualTo(CircuitState.CLOSED);
    }

    @Test
    void chargesNobodyTwiceWhenOneOfSeveralOwnersInAShardCannotBeCharged() {
        try (FailoverStore over = FailoverStore.around(new Whole(backend))
                .settings(new FailoverSettings(100, Duration.ofSeconds(10), Duration.ofSeconds(8), 1_000))
                .ticker(ticker)
                .build()) {
            shards.forEach(shard -> shard.failWith(StoreException.Kind.CONNECTION));
            assertThat(decide(over, Operation.Acquire.of(first.withCost(2))).source())
                    .isEqualTo(Source.FALLBACK);
            assertThat(decide(over, Operation.Acquire.of(second.withCost(2))).source())
                    .isEqualTo(Source.FALLBACK);
            shards.get(0).heal();

            assertThat(decide(over, Operation.Acquire.of(first, second)).source())
                    .isEqualTo(Source.FALLBACK);

            shards.get(1).heal();
            await().untilAsserted(() -> assertThat(
                            decide(over, Operation.Peek.of(second)).remaining())
                    .isEqualTo(7));
            assertThat(decide(over, Operation.Peek.of(first)).remaining())
                    .as("two alone and one together")
                    .isEqualTo(7);
        }
    }

    /** A store whose parts fail by themselves though it is one shard, as a node of a cluster with several slots. */
    private static final class Whole implements LimitStore {
        private final LimitStore parts;

        Whole(LimitStore parts) {
            this.parts = parts;
        }

        @Override
        public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
            return parts.executeAll(operations);
        }

        @Override
        public void close() {
            // The test closes the parts.
        }
    }

    /** Returns a store whose circuit for the first shard is open, and is tried again after the pause. */
    private FailoverStore failing(Moving moving, Duration pause) {
        FailoverStore over = FailoverStore.around(moving)
                .settings(new FailoverSettings(3, Duration.ofSeconds(10), pause, 1_000))
                .ticker(ticker)
                .build();
        shards.get(0).failWith(StoreException.Kind.CONNECTION);
        for (int i = 0; i < 5; i++) {
            assertThat(decide(over, Operation.Acquire.of(first)).source()).isEqualTo(Source.FALLBACK);
        }
        return over;
    }

    /** A store whose one shard hands everything to another one, as when a replica takes over. */
    private static final class Moving implements LimitStore {
        private final LimitStore before;
        private final LimitStore after;
        volatile boolean moved;

        Moving(LimitStore before, LimitStore after) {
            this.before = before;
            this.after = after;
        }

        @Override
        public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
            return (moved ? after : before).executeAll(operations);
        }

        @Override
        public String shardOf(Key key) {
            return moved ? "after" : "before";
        }

        @Override
        public void close() {
            // The test closes both.
        }
    }

    private SwitchedStore shard() {
        return new SwitchedStore(MemoryStore.of(ticker, 1_000, BACKEND));
    }

    private Demand demand(int shard) {
        Limit limit = Limit.parse("10/1h", Algorithm.FIXED_WINDOW);
        return Demand.of(new Key(backend.ownerIn(shard), "test:" + limit.counterName()), limit, 1);
    }

    private Decision acquire(Demand... demands) {
        return decide(store, Operation.Acquire.of(demands));
    }

    private Decision peek(Demand demand) {
        return decide(store, Operation.Peek.of(demand));
    }

    private Decision given(Decision taken) {
        return decide(store, new Operation.Refund(taken.grants()));
    }

    private static Decision decide(LimitStore store, Operation operation) {
        return store.execute(operation).toCompletableFuture().join();
    }
}
