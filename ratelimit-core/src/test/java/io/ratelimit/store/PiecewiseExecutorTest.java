package io.ratelimit.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.store.StoreException.Fate;
import io.ratelimit.store.StoreException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class PiecewiseExecutorTest {
    private final MemoryStore store = MemoryStore.of(new ManualTicker(1_700_000_000_000_000L), 1_000, Source.MEMORY);
    private final List<Operation> asked = new ArrayList<>();
    private Predicate<Operation> failing = operation -> false;
    private Predicate<Operation> throwing = operation -> false;
    private Fate fate = Fate.UNKNOWN;
    private final PiecewiseExecutor pieces = new PiecewiseExecutor(this::ask, Key::owner);

    private final Demand address = demand("address", "3/1h");
    private final Demand tenant = demand("tenant", "2/1h");
    private final Demand everybody = demand("everybody", "1/1h");

    @Test
    void handsAnOperationOfOnePlaceOnAsItIs() {
        Operation whole = new Operation.Acquire(List.of(address, demand("address", "9/1m")), List.of());

        assertThat(decide(whole).allowed()).isTrue();
        assertThat(asked).containsExactly(whole);
    }

    @Test
    void answersInTheOrderAsked() {
        Demand other = demand("address", "9/1m");

        Decision decision = decide(acquire(address, tenant, other));

        assertThat(decision.limits()).extracting(LimitDecision::demand).containsExactly(address, tenant, other);
        assertThat(decision.grants()).extracting(Grant::demand).containsExactly(address, tenant, other);
        assertThat(asked).as("pieces").hasSize(2);
    }

    @Test
    void takesNothingAnywhereWhenTheLastPlaceDenies() {
        assertThat(decide(acquire(everybody)).allowed()).isTrue();

        Decision denied = decide(acquire(address, tenant, everybody));

        assertThat(denied.allowed()).isFalse();
        assertThat(denied.binding().demand()).isEqualTo(everybody);
        assertThat(denied.limits()).extracting(LimitDecision::allowed).containsExactly(true, true, false);
        assertThat(denied.limits())
                .extracting(LimitDecision::remaining)
                .as("after giving back")
                .containsExactly(3L, 2L, 0L);
        assertThat(remaining(address)).isEqualTo(3);
        assertThat(remaining(tenant)).isEqualTo(2);
    }

    @Test
    void tellsWhatTheLimitsBehindADenialSay() {
        assertThat(decide(acquire(everybody)).allowed()).isTrue();

        Decision denied = decide(acquire(everybody, address.withCost(4), tenant));

        assertThat(denied.limits()).extracting(LimitDecision::allowed).containsExactly(false, false, true);
        assertThat(denied.retryAfter())
                .as("four of three: never, the longest of all")
                .isEmpty();
        assertThat(remaining(tenant)).isEqualTo(2);
    }

    @Test
    void letsNobodyWaitForATurnInARequestThatIsDenied() {
        Demand queue = Demand.of(new Key("queue", "q"), Limit.parse("1/1s burst 5", Algorithm.LEAKY_BUCKET), 1);
        assertThat(decide(acquire(queue, everybody)).allowed()).isTrue();

        Decision denied = decide(acquire(queue, everybody));

        assertThat(denied.allowed()).isFalse();
        assertThat(denied.limits()).extracting(LimitDecision::delay).containsOnly(Duration.ZERO);
        assertThat(decide(acquire(queue, tenant)).delay())
                .as("one before it, not two")
                .isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void asksWatchedLimitsOfOtherPlacesOnlyIfTheEnforcedOnesAllow() {
        Operation watching = new Operation.Acquire(List.of(address), List.of(tenant, everybody));

        Decision first = decide(watching);
        Decision second = decide(watching);

        assertThat(first.shadowAllowed()).isTrue();
        assertThat(second.allowed()).isTrue();
        assertThat(second.shadow()).extracting(LimitDecision::allowed).containsExactly(true, false);
        assertThat(second.grants()).extracting(Grant::demand).containsExactly(address);
        assertThat(remaining(tenant))
                .as("the watched ones are all or none, too")
                .isEqualTo(1);

        Decision third = decide(new Operation.Acquire(List.of(address.withCost(2)), List.of(tenant)));
        assertThat(third.allowed()).isFalse();
        assertThat(third.shadow()).as("not asked").isEmpty();
    }

    @Test
    void admitsWhateverBecomesOfTheWatchedLimits() {
        failing = operation -> operation.keys().contains(tenant.key());

        Decision decision = decide(new Operation.Acquire(List.of(address), List.of(tenant)));

        assertThat(decision.allowed()).isTrue();
        assertThat(decision.shadow()).isEmpty();
    }

    @Test
    void givesBackWhatItTookWhenAPlaceFails() {
        failing = operation -> operation.keys().contains(tenant.key());
        fate = Fate.NOT_CARRIED_OUT;

        StoreException failure = failure(acquire(address, tenant, everybody));

        assertThat(failure.kind()).isEqualTo(Kind.CONNECTION);
        assertThat(failure.fate()).isEqualTo(Fate.NOT_CARRIED_OUT);
        failing = operation -> false;
        assertThat(remaining(address)).isEqualTo(3);
        assertThat(remaining(everybody)).isEqualTo(1);
    }

    @Test
    void doesNotKnowWhatBecameOfAnAcquisitionThatCannotBeGivenBack() {
        failing = operation -> operation.keys().contains(tenant.key()) || operation instanceof Operation.Refund;
        fate = Fate.NOT_CARRIED_OUT;

        assertThat(failure(acquire(address, tenant)).fate()).isEqualTo(Fate.UNKNOWN);
        assertThat(remaining(address)).as("stays taken").isEqualTo(2);
        assertThat(failure(acquire(tenant, address)).fate()).as("nothing taken").isEqualTo(Fate.NOT_CARRIED_OUT);
    }

    @Test
    void doesNotKnowWhatBecameOfADenialThatCannotBeGivenBackAndHasNoAnswer() {
        assertThat(decide(acquire(tenant.withCost(2))).allowed()).isTrue();
        fate = Fate.NOT_CARRIED_OUT;
        failing = operation -> operation.keys().contains(everybody.key());
        assertThat(failure(acquire(address, tenant, everybody)).fate())
                .as("given back")
                .isEqualTo(Fate.NOT_CARRIED_OUT);

        failing = operation -> operation.keys().contains(everybody.key()) || operation instanceof Operation.Refund;
        assertThat(failure(acquire(address, tenant, everybody)).fate()).isEqualTo(Fate.UNKNOWN);
    }

    @Test
    void keepsWhatItTookWhenNobodyKnowsWhatBecameOfTheRest() {
        failing = operation -> operation.keys().contains(tenant.key());

        assertThat(failure(acquire(address, tenant)).fate()).isEqualTo(Fate.UNKNOWN);

        assertThat(remaining(address))
                .as("as if the whole had been carried out, which nobody charges again")
                .isEqualTo(2);
    }

    @Test
    void treatsAPlaceThatThrowsAsOneThatFails() {
        throwing = operation -> operation.keys().contains(tenant.key());
        assertThat(failure(acquire(address, tenant)).fate()).isEqualTo(Fate.NOT_CARRIED_OUT);
        assertThat(remaining(address)).as("given back").isEqualTo(3);
        assertThat(failure(Operation.Charge.of(address, tenant)).fate()).isEqualTo(Fate.UNKNOWN);
    }

    @Test
    void deniesEvenIfWhatWasTakenCannotBeGivenBack() {
        assertThat(decide(acquire(tenant.withCost(2))).allowed()).isTrue();
        failing = Operation.Refund.class::isInstance;

        Decision denied = decide(acquire(address, tenant));

        assertThat(denied.allowed()).isFalse();
        assertThat(remaining(address))
                .as("stays taken until it leaves its window")
                .isEqualTo(2);
    }

    @Test
    void saysThatAChargeThatFailsBehindTheFirstPlaceMayHaveBeenCarriedOut() {
        fate = Fate.NOT_CARRIED_OUT;
        failing = operation -> operation.keys().contains(tenant.key());
        assertThat(failure(Operation.Charge.of(address, tenant)).fate()).isEqualTo(Fate.UNKNOWN);
        assertThat(failure(Operation.Charge.of(tenant, address)).fate()).isEqualTo(Fate.NOT_CARRIED_OUT);
    }

    @Test
    void peeksChargesGivesBackAndForgetsOverSeveralPlaces() {
        Decision charged = decide(Operation.Charge.of(address.withCost(2), tenant));
        assertThat(charged.limits()).extracting(LimitDecision::remaining).containsExactly(1L, 1L);

        Decision given = decide(new Operation.Refund(charged.grants()));
        assertThat(given.limits()).extracting(LimitDecision::remaining).containsExactly(3L, 2L);

        assertThat(decide(acquire(address, tenant)).allowed()).isTrue();
        assertThat(decide(Operation.Peek.of(address, tenant)).limits())
                .extracting(LimitDecision::remaining)
                .containsExactly(2L, 1L);

        assertThat(decide(new Operation.Reset(List.of(address, tenant))).allowed())
                .isTrue();
        assertThat(remaining(address)).isEqualTo(3);
        assertThat(remaining(tenant)).isEqualTo(2);
    }

    private CompletionStage<Decision> ask(Operation operation) {
        asked.add(operation);
        if (throwing.test(operation)) {
            throw new IllegalStateException("a defect");
        }
        return failing.test(operation)
                ? CompletableFuture.failedFuture(
                        new StoreException(Kind.CONNECTION, "failed on demand", null, null, fate))
                : CompletableFuture.completedFuture(store.decide(operation));
    }

    private Decision decide(Operation operation) {
        return pieces.execute(operation).toCompletableFuture().join();
    }

    private StoreException failure(Operation operation) {
        try {
            throw new AssertionError("expected a failure but was " + decide(operation));
        } catch (CompletionException e) {
            return StoreException.of(e);
        }
    }

    private long remaining(Demand demand) {
        return store.decide(Operation.Peek.of(demand)).remaining();
    }

    private static Operation acquire(Demand... demands) {
        return Operation.Acquire.of(demands);
    }

    private static Demand demand(String owner, String limit) {
        Limit parsed = Limit.parse(limit, Algorithm.FIXED_WINDOW);
        return Demand.of(new Key(owner, "test:" + parsed.counterName()), parsed, 1);
    }
}
