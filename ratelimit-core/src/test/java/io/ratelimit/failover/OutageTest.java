package io.ratelimit.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.FailurePolicy;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An outage of the backend from its first failure to the last charge afterwards. */
class OutageTest {
    private static final Source BACKEND = new Source("backend");
    private static final FailoverSettings SETTINGS =
            new FailoverSettings(3, Duration.ofSeconds(1), Duration.ofMillis(20), 1_000);

    private final ManualTicker ticker = new ManualTicker(1_700_000_000_000_000L);
    private final SwitchedStore backend = new SwitchedStore(MemoryStore.of(ticker, 1_000, BACKEND));
    private final List<CircuitState> changes = new CopyOnWriteArrayList<>();
    private volatile int instances = 1;
    private final FailoverStore store = FailoverStore.around(backend)
            .settings(SETTINGS)
            .instances(() -> instances)
            .ticker(ticker)
            .listener(new FailoverListener() {
                @Override
                public void circuitChanged(CircuitState state, @Nullable StoreException reason) {
                    changes.add(state);
                }
            })
            .build();

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void stopsAskingAfterThreeFailuresInARowAndAsksAgainWhenAProbeSucceeds() {
        fail(StoreException.Kind.CONNECTION);
        for (int i = 0; i < 10; i++) {
            acquire(demand("a", "100/1h"));
        }
        assertThat(requestsOf("a")).as("asked before the circuit opened").isEqualTo(3);
        assertThat(changes).containsExactly(CircuitState.OPEN);

        backend.heal();
        awaitClosed();

        assertThat(acquire(demand("b", "100/1h")).source()).isEqualTo(BACKEND);
        assertThat(changes).containsExactly(CircuitState.OPEN, CircuitState.CLOSED);
    }

    @Test
    void countsAllCallsThatWereLostWithOneConnectionAsOneFailure() {
        backend.loseWith(new Object());
        for (int i = 0; i < 10; i++) {
            assertThat(acquire(demand("a", "100/1h")).source()).isEqualTo(Source.FALLBACK);
        }
        assertThat(store.circuitState()).isEqualTo(CircuitState.CLOSED);
    }

    @Test
    void opensWithinTwoSecondsWhenAConnectionStaysLost() {
        backend.loseWith(new Object());

        await().atMost(Duration.ofSeconds(2))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> {
                    acquire(demand("a", "100/1h"));
                    return store.circuitState() == CircuitState.OPEN;
                });
    }

    @Test
    void startsTheFallbackWhereTheBackendStopped() {
        Demand demand = demand("a", "5/1h");
        for (int i = 0; i < 4; i++) {
            acquire(demand);
        }
        fail(StoreException.Kind.CONNECTION);

        assertThat(acquire(demand).allowed()).as("the last that remained").isTrue();
        Decision denied = acquire(demand);
        assertThat(denied.allowed()).isFalse();
        assertThat(denied.source()).isEqualTo(Source.FALLBACK);
        assertThat(acquire(demand("b", "5/1h").withCost(5)).allowed())
                .as("who was never seen has a share")
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void keepsDenyingAKeyThatWasAtItsLimitUntilItsReset(Algorithm algorithm) {
        Demand demand = demand("a", Limit.parse("5/1h", algorithm));
        acquire(demand.withCost(5));
        Decision last = acquire(demand);
        fail(StoreException.Kind.CONNECTION);

        Decision denied = acquire(demand);
        assertThat(denied.allowed()).isFalse();
        assertThat(denied.retryAfter()).contains(last.resetAfter());

        ticker.advance(last.resetAfter());
        assertThat(acquire(demand).allowed()).isTrue();
    }

    @Test
    void givesEachInstanceItsShareAndCutsCostsToIt() {
        instances = 4;
        fail(StoreException.Kind.CONNECTION);

        assertThat(admittedOf(10, demand("a", "10/1h"))).isEqualTo(2);
        assertThat(admittedOf(10, demand("b", "3/1h"))).as("at least one").isEqualTo(1);
        assertThat(admittedOf(10, demand("c", "10/1h burst 20"))).isEqualTo(5);
        assertThat(admittedOf(10, demand("d", "10/1h").withCost(9)))
                .as("a cost is cut to the share")
                .isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void chargesWhatItAdmittedWithTheFirstDecisionAfterwardsAndOnce(Algorithm algorithm) {
        Demand demand = demand("a", Limit.parse("5/1h", algorithm));
        openCircuit();
        assertThat(admittedOf(9, demand)).isEqualTo(5);
        backend.heal();
        awaitClosed();

        assertThat(acquire(demand).allowed())
                .as("no fresh quota when the outage ends")
                .isFalse();
        await().untilAsserted(() -> assertThat(charged("a")).isEqualTo(5));
        acquire(demand);
        assertThat(charged("a")).as("once").isEqualTo(5);
    }

    @Test
    void chargesInTheBackgroundWhatNobodyAsksFor() {
        openCircuit();
        for (int i = 0; i < 250; i++) {
            acquire(demand("key-" + i, "5/1h").withCost(3));
        }
        backend.heal();

        await().untilAsserted(() -> assertThat(IntStream.range(0, 250)
                        .mapToLong(i -> charged("key-" + i))
                        .sum())
                .isEqualTo(750));
    }

    @Test
    void chargesTheOthersWhileTheBackendRefusesSomeAgainAndAgain() {
        openCircuit();
        backend.refuse(owner -> owner.startsWith("refused"));
        for (int i = 0; i < 10; i++) {
            acquire(demand("refused-" + i, "5/1h"));
        }
        acquire(demand("a", "5/1h"));
        backend.heal();

        await().untilAsserted(() -> assertThat(charged("a")).isEqualTo(1));
    }

    @Test
    void forgetsWhatHasLeftItsWindowDuringTheOutage() {
        Demand demand = demand("a", Limit.parse("5/1m", Algorithm.FIXED_WINDOW));
        openCircuit();
        assertThat(admittedOf(5, demand)).isEqualTo(5);
        ticker.advance(Duration.ofHours(1));
        backend.heal();
        awaitClosed();

        assertThat(acquire(demand).remaining()).isEqualTo(4);
        assertThat(charged("a")).isZero();
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void letsDebtsAgeThatTheBackendRefusesAgainAndAgain(Algorithm algorithm) {
        Demand demand = demand("a", Limit.parse("5/1m", algorithm));
        try (FailoverStore patient = FailoverStore.around(backend)
                .settings(new FailoverSettings(100, Duration.ofSeconds(10), Duration.ofSeconds(8), 1_000))
                .ticker(ticker)
                .build()) {
            fail(StoreException.Kind.OOM);
            assertThat(patient.execute(Operation.Acquire.of(demand.withCost(5)))
                            .toCompletableFuture()
                            .join()
                            .source())
                    .isEqualTo(Source.FALLBACK);
            for (int i = 0; i < 5; i++) {
                long asked = requestsOf("a");
                long until = System.nanoTime() + Duration.ofMillis(500).toNanos();
                await("an attempt to charge, unless nothing is owed any more")
                        .until(() -> requestsOf("a") > asked || System.nanoTime() - until > 0);
                ticker.advance(Duration.ofSeconds(26));
            }
            assertThat(requestsOf("a")).as("attempts").isGreaterThan(2);
            backend.heal();

            assertThat(patient.execute(Operation.Acquire.of(demand))
                            .toCompletableFuture()
                            .join()
                            .remaining())
                    .as("what was taken two minutes ago has left the window or has refilled")
                    .isEqualTo(4);
        }
    }

    @Test
    void chargesInTheBackgroundWhatWasRefusedLate() {
        openCircuit();
        acquire(demand("a", "5/1h"));
        CompletableFuture<Void> answer = new CompletableFuture<>();
        backend.holdAnswers("a", answer);
        backend.heal();
        awaitClosed();
        await().until(() -> requestsOf("a") > 0);
        answer.completeExceptionally(new StoreException(StoreException.Kind.LOADING, "refused late", null));
        backend.holdAnswers("nobody", answer);

        await("another attempt").until(() -> charged("a") > 1);
    }

    @Test
    void chargesWhatOnlyAWatchedLimitAdmitted() {
        Demand enforced = new Demand(new Key("a", "rule:enforced"), Limit.parse("5/1h"), 1, FailurePolicy.ALLOW);
        Demand watched = demand("a", "5/1h");
        openCircuit();
        decide(new Operation.Acquire(List.of(enforced), List.of(watched)));
        backend.heal();
        awaitClosed();

        assertThat(acquire(watched).remaining()).isEqualTo(3);
    }

    @Test
    void doesNotChargeCallsThatTheBackendMayHaveCountedItself() {
        Demand demand = demand("a", "5/1h");
        backend.failWith(StoreException.Kind.TIMEOUT);
        acquire(demand);
        backend.heal();

        assertThat(acquire(demand).remaining()).isEqualTo(4);
        assertThat(charged("a")).isZero();
    }

    @Test
    void keepsDebtsThatTheBackendDidNotTake() {
        Demand demand = demand("a", "5/1h");
        backend.failWith(StoreException.Kind.CONNECTION);
        acquire(demand);
        acquire(demand);
        backend.heal();

        assertThat(acquire(demand).remaining()).as("two owed and one now").isEqualTo(2);
        assertThat(charged("a")).isEqualTo(2);
    }

    @Test
    void doesNotWaitForTheBackendOnceMoreAfterWaitingLongForOthers() {
        Demand demand = demand("a", "5/1h");
        openCircuit();
        acquire(demand);
        CompletableFuture<Void> slowAnswer = new CompletableFuture<>();
        backend.holdAnswers("a", slowAnswer);
        backend.heal();
        awaitClosed();
        await().until(() -> requestsOf("a") > 0);
        long asked = requestsOf("a");

        CompletableFuture<Decision> waiting =
                store.execute(Operation.Acquire.of(demand)).toCompletableFuture();
        slowAnswer.completeOnTimeout(null, 2 * SETTINGS.slowCallDuration().toMillis(), TimeUnit.MILLISECONDS);

        assertThat(waiting.join().source()).isEqualTo(Source.FALLBACK);
        assertThat(requestsOf("a")).as("calls for the key").isEqualTo(asked);
        assertThat(acquire(demand).remaining())
                .as("one in the outage, one that waited, one now")
                .isEqualTo(2);
    }

    @Test
    void takesAChargeInAnyCaseAlsoBeyondWhatRemained() {
        Demand demand = demand("a", "5/1h");
        acquire(demand.withCost(4));
        openCircuit();

        assertThat(decide(Operation.Charge.of(demand.withCost(3))).allowed()).isTrue();
        backend.heal();
        awaitClosed();

        assertThat(acquire(demand).allowed()).isFalse();
        assertThat(charged("a")).isEqualTo(3);
    }

    @Test
    void neverAdmitsACostAboveTheCapacity() {
        openCircuit();

        Decision decision = acquire(demand("a", "5/1h").withCost(1_000));

        assertThat(decision.allowed()).isFalse();
        assertThat(decision.retryAfter()).as("never").isEmpty();
    }

    @Test
    void forgetsAKeyForGoodWhenItIsReset() {
        Demand demand = demand("a", "5/1h");
        acquire(demand.withCost(5));
        openCircuit();
        decide(new Operation.Reset(List.of(demand)));

        assertThat(acquire(demand).allowed()).isTrue();
    }

    @Test
    void givesBackToTheBackendWhatHasBeenChargedThere() {
        Demand demand = demand("a", Limit.parse("10/1h", Algorithm.FIXED_WINDOW));
        openCircuit();
        Decision taken = acquire(demand.withCost(9));
        backend.heal();
        awaitClosed();
        assertThat(acquire(demand).remaining()).isZero();

        decide(new Operation.Refund(taken.grants()));

        assertThat(decide(Operation.Peek.of(demand)).remaining()).isEqualTo(9);
    }

    @Test
    void givesBackToTheBackendWhatIsJustBeingChargedThere() {
        Demand demand = demand("a", Limit.parse("10/1h", Algorithm.FIXED_WINDOW));
        openCircuit();
        Decision taken = acquire(demand.withCost(9));
        CompletableFuture<Void> answer = new CompletableFuture<>();
        backend.holdAnswers("a", answer);
        backend.heal();
        await().until(() -> charged("a") == 9);

        CompletableFuture<Decision> given =
                store.execute(new Operation.Refund(taken.grants())).toCompletableFuture();
        answer.complete(null);
        given.join();

        assertThat(decide(Operation.Peek.of(demand)).remaining()).isEqualTo(10);
    }

    @Test
    void staysClosedThroughOneStallHoweverManyCallsMeetIt() {
        fail(StoreException.Kind.TIMEOUT);
        for (int i = 0; i < 20; i++) {
            acquire(demand("a", "100/1h"));
        }
        assertThat(store.circuitState()).isEqualTo(CircuitState.CLOSED);
    }

    @Test
    void opensWhenTimeoutsGoOn() {
        fail(StoreException.Kind.TIMEOUT);

        await().atMost(Duration.ofSeconds(2))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> {
                    acquire(demand("a", "100/1h"));
                    return store.circuitState() == CircuitState.OPEN;
                });
    }

    @Test
    void leavesTheBackendAloneOnceItIsClosed() {
        openCircuit();
        store.close();
        int asked = backend.asked.size();

        assertThat(acquire(demand("a", "5/1h")).source()).isEqualTo(Source.FALLBACK);
        await().during(Duration.ofMillis(200)).until(() -> backend.asked.size() == asked);
    }

    @Test
    void answersWhatABackendThatBreaksItsContractLeavesOut() {
        Demand demand = demand("a", "5/1h");
        backend.failWith(StoreException.Kind.CONNECTION);
        acquire(demand);
        backend.heal();
        backend.answerNothing = true;

        assertThat(acquire(demand).source()).isEqualTo(Source.FALLBACK);
        backend.answerNothing = false;
        assertThat(acquire(demand).source()).as("nobody waits for ever").isEqualTo(BACKEND);
    }

    @Test
    void deniesTheWholeWhenOneOfSeveralLimitsIsSpent() {
        Demand spent = demand("spent", "5/1h");
        Demand other = demand("other", "7/1h");
        acquire(spent.withCost(5));
        openCircuit();

        Decision decision = decide(new Operation.Acquire(List.of(other, spent), List.of()));

        assertThat(decision.allowed()).isFalse();
        assertThat(decision.limits()).extracting(limit -> limit.allowed()).containsExactly(true, false);
        assertThat(decide(Operation.Peek.of(other)).remaining())
                .as("nothing taken")
                .isEqualTo(7);
    }

    @Test
    void watchesASpentLimitWithoutDenying() {
        Demand spent = demand("spent", "5/1h");
        Demand other = demand("other", "7/1h");
        acquire(spent.withCost(5));
        openCircuit();

        Decision decision = decide(new Operation.Acquire(List.of(other), List.of(spent)));

        assertThat(decision.allowed()).isTrue();
        assertThat(decision.remaining()).isEqualTo(6);
        assertThat(decision.shadowAllowed()).isFalse();
        assertThat(decide(new Operation.Acquire(List.of(), List.of(spent))).shadowAllowed())
                .isFalse();
    }

    private void fail(StoreException.Kind kind) {
        backend.failWith(kind);
    }

    private void openCircuit() {
        fail(StoreException.Kind.CONNECTION);
        while (store.circuitState() == CircuitState.CLOSED) {
            decide(Operation.Peek.of(demand("opener", "1/1h")));
        }
    }

    private void awaitClosed() {
        await().until(() -> store.circuitState() == CircuitState.CLOSED);
    }

    private int admittedOf(int times, Demand demand) {
        return (int)
                IntStream.range(0, times).filter(i -> acquire(demand).allowed()).count();
    }

    private long requestsOf(String owner) {
        return backend.asked.stream()
                .filter(call -> call.stream()
                        .flatMap(operation -> operation.keys().stream())
                        .anyMatch(key -> isOf(owner, key)))
                .count();
    }

    /** What the backend took as charges for an owner. */
    private long charged(String owner) {
        return backend.answered.stream()
                .filter(Operation.Charge.class::isInstance)
                .flatMap(charge -> ((Operation.Charge) charge).demands().stream())
                .filter(demand -> isOf(owner, demand.key()))
                .mapToLong(Demand::cost)
                .sum();
    }

    /** Probes are to counters of their own. */
    private static boolean isOf(String owner, Key key) {
        return key.owner().equals(owner) && key.counter().startsWith("rule:");
    }

    private Decision acquire(Demand demand) {
        return decide(Operation.Acquire.of(demand));
    }

    private Decision decide(Operation operation) {
        return store.execute(operation).toCompletableFuture().join();
    }

    private static Demand demand(String owner, String limit) {
        return demand(owner, Limit.parse(limit));
    }

    private static Demand demand(String owner, Limit limit) {
        return new Demand(new Key(owner, "rule:" + limit.counterName()), limit, 1, FailurePolicy.LOCAL);
    }
}
