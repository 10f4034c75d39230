package io.ratelimit.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of requests for a key whose debts are being charged, when that goes wrong. */
class SettlementTest {
    private static final Source BACKEND = new Source("backend");
    private static final FailoverSettings SETTINGS =
            new FailoverSettings(3, Duration.ofMillis(50), Duration.ofMillis(20), 1_000);

    private final ManualTicker ticker = new ManualTicker(1_700_000_000_000_000L);
    private final AtomicBoolean throwOnce = new AtomicBoolean();
    private final SwitchedStore backend = new SwitchedStore(MemoryStore.of(ticker, 1_000, BACKEND));
    private final List<Kind> failures = new CopyOnWriteArrayList<>();
    private final FailoverStore store = FailoverStore.around(backend)
            .settings(SETTINGS)
            .ticker(() -> {
                if (throwOnce.compareAndSet(true, false)) {
                    throw new IllegalStateException("a defect");
                }
                return ticker.epochMicros();
            })
            .listener(new FailoverListener() {
                @Override
                public void failed(StoreException failure) {
                    failures.add(failure.kind());
                }
            })
            .build();

    private final Demand demand = demand("a");

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void holdsNobodyUpWhenADebtCannotBeTakenOut() {
        backend.failWith(Kind.CONNECTION);
        assertThat(acquire(demand)).succeedsWithin(Duration.ofSeconds(1));
        backend.heal();

        throwOnce.set(true);
        assertThat(acquire(demand)).succeedsWithin(Duration.ofSeconds(1));

        assertThat(throwOnce).isFalse();
        assertThat(acquire(demand)).succeedsWithin(Duration.ofSeconds(1)).satisfies(decision -> {
            assertThat(decision.source()).isEqualTo(BACKEND);
            assertThat(decision.remaining()).as("three of five taken").isEqualTo(2);
        });
    }

    @Test
    void saysOfThoseWhoWaitedForASlowCallThatTheBackendWasSlow() {
        CompletableFuture<Void> answer = holdTheCharge();
        CompletableFuture<Decision> waiting = acquire(demand);

        answer.completeOnTimeout(null, 2 * SETTINGS.slowCallDuration().toMillis(), TimeUnit.MILLISECONDS);

        assertThat(waiting.join().source()).isEqualTo(Source.FALLBACK);
        assertThat(failures).containsOnly(Kind.TIMEOUT);
    }

    @Test
    void saysOfThoseWhoWaitedMeanwhileHowTheBackendFailed() {
        CompletableFuture<Void> answer = holdTheCharge();
        CompletableFuture<Decision> waiting = acquire(demand);
        backend.failWith(Kind.OOM);
        while (store.circuitState() == CircuitState.CLOSED) {
            acquire(demand("another")).join();
        }

        answer.complete(null);

        assertThat(waiting.join().source()).isEqualTo(Source.FALLBACK);
        assertThat(failures).containsOnly(Kind.OOM);
    }

    @ParameterizedTest(name = "{0}, circuit open meanwhile: {1}")
    @CsvSource({
        "CONNECTION, true",
        "OOM, true",
        "LOADING, true",
        "TRY_AGAIN, true",
        "CONNECTION, false",
        "TRY_AGAIN, false",
    })
    void forgetsADebtThatIsResetWhileItIsBeingChargedInVain(Kind failure, boolean openMeanwhile) {
        CompletableFuture<Void> charge = failACharge(failure, new AtomicReference<>());
        openCircuit(openMeanwhile);

        CompletableFuture<Decision> reset =
                store.execute(new Operation.Reset(List.of(demand))).toCompletableFuture();
        assertThat(reset.isDone()).as("decided without the backend").isEqualTo(openMeanwhile);
        charge.complete(null);

        assertThat(reset).succeedsWithin(Duration.ofSeconds(1));
        assertThat(remainingOnceTheBackendIsBack()).isEqualTo(4);
    }

    @ParameterizedTest(name = "{0}, circuit open meanwhile: {1}")
    @CsvSource({
        "CONNECTION, true",
        "OOM, true",
        "READONLY, true",
        "TRY_AGAIN, true",
        "CONNECTION, false",
        "TRY_AGAIN, false",
    })
    void givesBackWhatIsBeingChargedInVain(Kind failure, boolean openMeanwhile) {
        AtomicReference<Decision> admitted = new AtomicReference<>();
        CompletableFuture<Void> charge = failACharge(failure, admitted);
        openCircuit(openMeanwhile);

        CompletableFuture<Decision> refund = refund(admitted.get());
        charge.complete(null);

        assertThat(refund).succeedsWithin(Duration.ofSeconds(1));
        assertThat(remainingOnceTheBackendIsBack()).isEqualTo(4);
    }

    @Test
    void givesBackWhatIsBeingChargedAndThenIs() {
        AtomicReference<Decision> admitted = new AtomicReference<>();
        CompletableFuture<Void> answer = holdTheCharge(admitted);

        CompletableFuture<Decision> refund = refund(admitted.get());
        answer.complete(null);

        assertThat(refund).succeedsWithin(Duration.ofSeconds(1));
        assertThat(remainingOnceTheBackendIsBack()).isEqualTo(4);
    }

    @Test
    void givesBackToTheBackendWhatTheBackendTookThoughAChargeOfTheSameKeyFails() {
        Decision taken = acquire(demand).join();
        assertThat(taken.source()).isEqualTo(BACKEND);
        CompletableFuture<Void> charge = failACharge(Kind.TRY_AGAIN, new AtomicReference<>());
        backend.heal();

        CompletableFuture<Decision> refund = refund(taken);
        charge.complete(null);

        assertThat(refund).succeedsWithin(Duration.ofSeconds(1));
        assertThat(remainingOnceTheBackendIsBack()).as("one is owed").isEqualTo(3);
    }

    private CompletableFuture<Decision> refund(Decision admitted) {
        return store.execute(new Operation.Refund(admitted.grants())).toCompletableFuture();
    }

    private void openCircuit(boolean open) {
        if (open) {
            backend.failWith(Kind.OOM);
            while (store.circuitState() == CircuitState.CLOSED) {
                acquire(demand("another")).join();
            }
        }
    }

    private long remainingOnceTheBackendIsBack() {
        backend.heal();
        await().until(() -> store.circuitState() == CircuitState.CLOSED);
        Decision decision = acquire(demand).join();
        assertThat(decision.source()).isEqualTo(BACKEND);
        return decision.remaining();
    }

    /**
     * Returns what fails the charge of a debt that is under way, which the backend does not carry out.
     *
     * @param admitted gets the decision that left the debt
     */
    private CompletableFuture<Void> failACharge(Kind failure, AtomicReference<Decision> admitted) {
        backend.failWith(Kind.CONNECTION);
        admitted.set(acquire(demand).join());
        CompletableFuture<Void> over = new CompletableFuture<>();
        backend.failLater("a", over, failure);
        await().until(() -> backend.asked.stream()
                .flatMap(List::stream)
                .anyMatch(operation -> operation instanceof Operation.Charge
                        && operation.keys().contains(demand.key())));
        return over;
    }

    /** Returns what releases the answer to the charge of a debt, which the backend has carried out. */
    private CompletableFuture<Void> holdTheCharge() {
        return holdTheCharge(new AtomicReference<>());
    }

    private CompletableFuture<Void> holdTheCharge(AtomicReference<Decision> admitted) {
        backend.failWith(Kind.CONNECTION);
        admitted.set(acquire(demand).join());
        while (store.circuitState() == CircuitState.CLOSED) {
            acquire(demand("opener")).join();
        }
        CompletableFuture<Void> answer = new CompletableFuture<>();
        backend.holdAnswers("a", answer);
        backend.heal();
        await().until(() -> store.circuitState() == CircuitState.CLOSED);
        await().until(() ->
                backend.answered.stream().anyMatch(operation -> operation.keys().contains(demand.key())));
        failures.clear();
        return answer;
    }

    private CompletableFuture<Decision> acquire(Demand wanted) {
        return store.execute(Operation.Acquire.of(wanted)).toCompletableFuture();
    }

    private static Demand demand(String owner) {
        Limit limit = Limit.parse("5/1h");
        return Demand.of(new Key(owner, "rule:" + limit.counterName()), limit, 1);
    }
}
