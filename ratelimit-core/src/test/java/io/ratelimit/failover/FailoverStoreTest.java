package io.ratelimit.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.FailurePolicy;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailoverStoreTest {
    private static final Source BACKEND = new Source("backend");
    private static final FailoverSettings NEVER_OPEN =
            new FailoverSettings(100, Duration.ofSeconds(10), Duration.ofSeconds(8), 1_000);

    private final ManualTicker ticker = new ManualTicker(1_700_000_000_000_000L);
    private final SwitchedStore backend = new SwitchedStore(MemoryStore.of(ticker, 1_000, BACKEND));
    private final List<StoreException.Kind> failures = new ArrayList<>();
    private final FailoverStore store = FailoverStore.around(backend)
            .settings(NEVER_OPEN)
            .ticker(ticker)
            .listener(new FailoverListener() {
                @Override
                public void failed(StoreException failure) {
                    failures.add(failure.kind());
                }
            })
            .build();

    @Test
    void isNotDegradedWhileThePrimaryDecides() {
        var unused = decide(Operation.Acquire.of(demand("a", FailurePolicy.LOCAL)));

        assertThat(store.status().degraded()).isFalse();
        assertThat(store.status().details())
                .containsEntry("circuit", "closed")
                .containsEntry("instances", 1)
                .containsKey("latencyMillis")
                .doesNotContainKey("backend");
    }

    @Test
    void isDegradedWhileTheCircuitIsOpen() {
        try (FailoverStore over = FailoverStore.around(backend)
                .settings(new FailoverSettings(1, Duration.ofSeconds(10), Duration.ofSeconds(8), 1_000))
                .instances(() -> 0)
                .build()) {
            backend.failWith(StoreException.Kind.CONNECTION);
            var unused = over.execute(Operation.Acquire.of(demand("a", FailurePolicy.LOCAL)));

            assertThat(over.status()).isEqualTo(new StoreStatus(true, Map.of("circuit", "open")));
        }
    }

    @Test
    void isDegradedWhileTheCallsOfSomeAreLostForLongerThanAPauseThoughTheCircuitIsClosed() {
        AtomicLong now = new AtomicLong();
        try (FailoverStore asked =
                FailoverStore.around(backend).logTime(now::get).build()) {
            backend.refuse("unlucky"::equals);
            for (int i = 0; i < 5; i++) {
                now.addAndGet(Duration.ofMillis(500).toNanos());
                for (String owner : List.of("lucky", "unlucky")) {
                    var unused = asked.execute(Operation.Acquire.of(demand(owner, FailurePolicy.LOCAL)));
                }
            }
            assertThat(asked.circuitState()).isEqualTo(CircuitState.CLOSED);
            assertThat(asked.status().degraded()).isTrue();
            assertThat(asked.status().details()).containsEntry("failing", "try-again");

            now.addAndGet(Duration.ofSeconds(9).toNanos());
            assertThat(asked.status().degraded()).isFalse();
        }
    }

    @Test
    void tellsWhatItsPrimaryTells() {
        backend.status = new StoreStatus(true, Map.of("members", 3));

        assertThat(store.status().degraded()).isTrue();
        assertThat(store.status().details()).containsEntry("members", 3).containsEntry("circuit", "closed");
    }

    @Test
    void letsTheBackendDecideWhileItCan() {
        Decision decision = decide(Operation.Acquire.of(demand("a", FailurePolicy.DENY)));

        assertThat(decision.source()).isEqualTo(BACKEND);
        assertThat(failures).isEmpty();
    }

    @Test
    void decidesLocallyWhenTheBackendFails() {
        backend.failWith(StoreException.Kind.TIMEOUT);
        Operation acquire = Operation.Acquire.of(demand("a", FailurePolicy.LOCAL));

        List<Decision> decisions = List.of(decide(acquire), decide(acquire), decide(acquire));

        assertThat(decisions).extracting(Decision::allowed).containsExactly(true, true, false);
        assertThat(decisions).extracting(Decision::source).containsOnly(Source.FALLBACK);
        assertThat(failures).containsOnly(StoreException.Kind.TIMEOUT).hasSize(3);
    }

    @Test
    void admitsAndMarksWhereThePolicyIsAllow() {
        backend.failWith(StoreException.Kind.TIMEOUT);
        Operation acquire = Operation.Acquire.of(demand("a", FailurePolicy.ALLOW));

        for (int i = 0; i < 10; i++) {
            Decision decision = decide(acquire);
            assertThat(decision.allowed()).isTrue();
            assertThat(decision.source()).isEqualTo(Source.FAILURE_POLICY);
        }
    }

    @Test
    void deniesTheWholeWhereThePolicyOfOneIsDeny() {
        backend.failWith(StoreException.Kind.TIMEOUT);
        Demand counted = demand("local", FailurePolicy.LOCAL);

        Decision decision = decide(
                Operation.Acquire.of(demand("a", FailurePolicy.ALLOW), counted, demand("d", FailurePolicy.DENY)));

        assertThat(decision.allowed()).isFalse();
        assertThat(decision.source()).isEqualTo(Source.FAILURE_POLICY);
        assertThat(decision.limits()).extracting(LimitDecision::allowed).containsExactly(true, true, false);
        assertThat(decision.retryAfter()).isPresent();
        assertThat(decide(Operation.Peek.of(counted)).remaining())
                .as("untouched")
                .isEqualTo(2);
    }

    @Test
    void keepsTheOrderOfTheAnswersWherePoliciesAreMixed() {
        backend.failWith(StoreException.Kind.TIMEOUT);
        Demand enforced = demand("local", FailurePolicy.LOCAL);
        Demand watched = demand("watched", FailurePolicy.LOCAL);
        Operation acquire = new Operation.Acquire(
                List.of(demand("a", FailurePolicy.ALLOW), enforced, demand("b", FailurePolicy.ALLOW)),
                List.of(demand("c", FailurePolicy.DENY), watched));

        Decision decision = decide(acquire);

        assertThat(decision.source()).isEqualTo(Source.FALLBACK);
        assertThat(decision.limits()).extracting(LimitDecision::remaining).containsExactly(2L, 1L, 2L);
        assertThat(decision.shadow()).extracting(LimitDecision::remaining).containsExactly(2L, 1L);
    }

    @Test
    void doesNotAskTheWatchedWhereTheFallbackDenies() {
        backend.failWith(StoreException.Kind.TIMEOUT);
        Demand spent = demand("local", FailurePolicy.LOCAL);
        decide(Operation.Acquire.of(spent.withCost(2)));

        Decision decision =
                decide(new Operation.Acquire(List.of(spent), List.of(demand("watched", FailurePolicy.ALLOW))));

        assertThat(decision.allowed()).isFalse();
        assertThat(decision.shadow()).isEmpty();
    }

    @Test
    void givesPermitsBackToTheStoreThatTheyWereTakenFrom() {
        Demand demand = demand("a", FailurePolicy.LOCAL);
        Decision byBackend = decide(Operation.Acquire.of(demand));
        backend.failWith(StoreException.Kind.TIMEOUT);
        Decision byFallback = decide(Operation.Acquire.of(demand));
        assertThat(decide(Operation.Peek.of(demand)).remaining())
                .as("one by each")
                .isZero();

        decide(new Operation.Refund(byFallback.grants()));
        assertThat(decide(Operation.Peek.of(demand)).remaining()).isEqualTo(1);
        backend.heal();
        assertThat(decide(Operation.Peek.of(demand)).remaining())
                .as("nothing owed")
                .isEqualTo(1);

        decide(new Operation.Refund(byBackend.grants()));
        assertThat(decide(Operation.Peek.of(demand)).remaining()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(FailurePolicy.class)
    void answersEveryOperationWhateverFails(FailurePolicy policy) {
        Demand demand = demand("a", policy);
        Decision taken = decide(Operation.Acquire.of(demand));
        backend.throwDefects();

        for (Operation operation : List.of(
                Operation.Acquire.of(demand),
                Operation.Peek.of(demand),
                Operation.Charge.of(demand),
                new Operation.Refund(taken.grants()),
                new Operation.Reset(List.of(demand)))) {
            assertThat(decide(operation).limits()).as("%s", operation).hasSize(1);
        }
        assertThat(store.executeAll(List.of(Operation.Peek.of(demand), Operation.Charge.of(demand))))
                .succeedsWithin(Duration.ZERO)
                .satisfies(decisions -> assertThat(decisions).hasSize(2));
        assertThat(failures).containsOnly(StoreException.Kind.OTHER);
    }

    @Test
    void forgetsWhatIsCountedLocallyWhateverThePolicyOfTheOthers() {
        backend.failWith(StoreException.Kind.CONNECTION);
        Demand local = demand("local", FailurePolicy.LOCAL);
        Demand denying = demand("d", FailurePolicy.DENY);
        assertThat(decide(Operation.Acquire.of(local.withCost(2))).allowed()).isTrue();

        Decision reset = decide(new Operation.Reset(List.of(denying, local)));

        assertThat(reset.allowed()).as("a reset is never denied").isTrue();
        assertThat(reset.limits()).extracting(LimitDecision::demand).containsExactly(denying, local);
        assertThat(decide(Operation.Peek.of(local)).remaining()).isEqualTo(2);
        backend.heal();
        assertThat(decide(Operation.Peek.of(local)).remaining())
                .as("nothing is owed")
                .isEqualTo(2);
        backend.failWith(StoreException.Kind.CONNECTION);
        assertThat(decide(new Operation.Reset(List.of(denying))).allowed()).isTrue();
    }

    @Test
    void answersSeveralOperationsThatABackendLeavesUnanswered() {
        Demand demand = demand("a", FailurePolicy.LOCAL);
        backend.answerNothing = true;

        assertThat(store.executeAll(List.of(Operation.Peek.of(demand), Operation.Charge.of(demand))))
                .succeedsWithin(Duration.ZERO)
                .satisfies(decisions -> assertThat(decisions).hasSize(2));
        assertThat(failures).containsOnly(StoreException.Kind.OTHER);
    }

    private Decision decide(Operation operation) {
        return store.execute(operation).toCompletableFuture().join();
    }

    private static Demand demand(String owner, FailurePolicy policy) {
        return new Demand(new Key(owner, "rule:tb1h"), Limit.parse("2/1h"), 1, policy);
    }
}
