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
import io.ratelimit.limit.Ticker;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What keys owe the backend after an outage: as much as they used in it, no less and no more. */
class OwedTest {
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final ManualTicker time = new ManualTicker(1_700_000_000_000_000L);
    /** No two readings are the same, as with a real clock. */
    private final Ticker ticker = () -> {
        time.advance(Duration.ofNanos(1_000));
        return time.epochMicros();
    };

    private final SwitchedStore backend = new SwitchedStore(MemoryStore.of(ticker, 1_000, new Source("backend")));
    private FailoverStore store = failover(1_000);

    private FailoverStore failover(int maxKeys) {
        return FailoverStore.around(backend)
                .settings(new FailoverSettings(1, Duration.ofSeconds(10), PAUSE, maxKeys))
                .ticker(ticker)
                .build();
    }

    private void keepAtMost(int maxKeys) {
        store.close();
        store = failover(maxKeys);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void findsRoomForADebtWhereOthersHaveAgedAway() {
        keepAtMost(10);
        outage();
        for (int i = 0; i < 10; i++) {
            acquire(demand("early-" + i, Algorithm.FIXED_WINDOW));
        }
        time.advance(Duration.ofHours(1));
        Demand late = demand("late", Algorithm.FIXED_WINDOW);
        assertThat(acquire(late.withCost(5)).allowed()).isTrue();
        heal();

        assertThat(acquire(late).allowed()).as("in the same window, afterwards").isFalse();
    }

    @Test
    void keepsTheDebtOfAKeyThatIsUsedUpWhenAFloodOfNewcomersComes() {
        keepAtMost(10);
        outage();
        Demand used = demand("used-up", Algorithm.FIXED_WINDOW);
        for (int i = 0; i < 10; i++) {
            acquire(demand("early-" + i, Algorithm.FIXED_WINDOW));
        }
        acquire(used.withCost(5));
        for (int i = 0; i < 1_000; i++) {
            acquire(demand("newcomer-" + i, Algorithm.FIXED_WINDOW));
        }
        heal();

        assertThat(acquire(used).allowed()).isFalse();
    }

    @Test
    void chargesNobodyForOthersWhereThereIsNoRoomForAll() {
        keepAtMost(10);
        outage();
        for (int i = 0; i < 10; i++) {
            acquire(demand("used-up-" + i, Algorithm.FIXED_WINDOW).withCost(5));
        }
        for (int i = 0; i < 5; i++) {
            acquire(demand("newcomer-" + i, Algorithm.FIXED_WINDOW));
        }
        heal();

        for (int i = 0; i < 5; i++) {
            assertThat(acquire(demand("newcomer-" + i, Algorithm.FIXED_WINDOW)).remaining())
                    .as("newcomer %d", i)
                    .isBetween(3L, 4L);
        }
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void chargesNothingThatWasGivenBack(Algorithm algorithm) {
        Demand demand = demand("login", algorithm);
        outage();
        for (int i = 0; i < 5; i++) {
            Decision taken = acquire(demand);
            assertThat(taken.allowed()).as("login %d", i).isTrue();
            decide(new Operation.Refund(taken.grants()));
        }
        heal();

        assertThat(acquire(demand).remaining()).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void chargesWhatGoesBeyondTheCapacity(Algorithm algorithm) {
        Limit limit = Limit.of(100, Duration.ofHours(1)).withAlgorithm(algorithm);
        Demand demand = Demand.of(new Key("tenant", "rule:" + limit.counterName()), limit, 100);
        MemoryStore healthy = MemoryStore.of(ticker, 1_000, new Source("healthy"));
        List<Operation> estimatedTooLow =
                List.of(Operation.Acquire.of(demand), Operation.Charge.of(demand.withCost(150)));
        outage();
        estimatedTooLow.forEach(operation -> {
            assertThat(decide(operation).allowed()).isTrue();
            assertThat(healthy.decide(operation).allowed()).isTrue();
        });
        heal();

        Decision expected = healthy.decide(Operation.Acquire.of(demand.withCost(1)));
        Decision denied = acquire(demand.withCost(1));
        assertThat(denied.allowed()).isFalse();
        assertThat(denied.retryAfter().orElseThrow())
                .isCloseTo(expected.retryAfter().orElseThrow(), Duration.ofSeconds(1));
    }

    @Test
    void admitsNoMoreWhereAChargeIsAnsweredInTheNextOutage() {
        Limit limit = Limit.of(10, Duration.ofHours(1)).withAlgorithm(Algorithm.FIXED_WINDOW);
        Demand demand = Demand.of(new Key("owing", "rule:" + limit.counterName()), limit, 1);
        outage();
        acquire(demand.withCost(2));
        CompletableFuture<Void> answer = new CompletableFuture<>();
        backend.holdAnswers("owing", answer);
        heal();
        await("the charge is on its way back")
                .until(() -> backend.answered.stream()
                        .flatMap(operation -> operation.keys().stream())
                        .anyMatch(demand.key()::equals));
        outage();
        assertThat(acquire(demand.withCost(8)).allowed()).as("ten in all").isTrue();

        answer.complete(null);

        assertThat(acquire(demand).allowed()).as("the eleventh").isFalse();
        heal();
        assertThat(acquire(demand).allowed()).as("the eleventh, afterwards").isFalse();
    }

    /** The backend is gone, and the store knows. */
    private void outage() {
        backend.failWith(StoreException.Kind.CONNECTION);
        while (store.circuitState() == CircuitState.CLOSED) {
            decide(Operation.Peek.of(demand("opener", Algorithm.FIXED_WINDOW)));
        }
    }

    private void heal() {
        backend.heal();
        await().until(() -> store.circuitState() == CircuitState.CLOSED);
    }

    private Decision acquire(Demand demand) {
        return decide(Operation.Acquire.of(demand));
    }

    private Decision decide(Operation operation) {
        return store.execute(operation).toCompletableFuture().join();
    }

    private static Demand demand(String owner, Algorithm algorithm) {
        Limit limit = Limit.of(5, Duration.ofMinutes(1)).withAlgorithm(algorithm);
        return Demand.of(new Key(owner, "rule:" + limit.counterName()), limit, 1);
    }
}
