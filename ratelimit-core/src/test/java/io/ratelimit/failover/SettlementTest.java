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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

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

    /** Returns what releases the answer to the charge of a debt, which the backend has carried out. */
    private CompletableFuture<Void> holdTheCharge() {
        backend.failWith(Kind.CONNECTION);
        acquire(demand).join();
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
