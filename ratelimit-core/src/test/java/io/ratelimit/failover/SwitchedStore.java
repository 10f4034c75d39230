package io.ratelimit.failover;

import io.ratelimit.limit.Decision;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A store that fails on demand and remembers what it was asked. */
final class SwitchedStore implements LimitStore {
    final List<List<Operation>> asked = new CopyOnWriteArrayList<>();
    final List<Operation> answered = new CopyOnWriteArrayList<>();
    private final LimitStore store;
    private volatile StoreException.@Nullable Kind failure;
    private volatile @Nullable Object incident;
    private volatile Predicate<String> refused = owner -> false;
    private volatile boolean defective;
    private volatile @Nullable String heldOwner;
    private volatile CompletableFuture<?> held = CompletableFuture.completedFuture(null);
    private volatile boolean holdsBefore;
    private volatile Duration delay = Duration.ZERO;
    volatile boolean answerNothing;
    volatile StoreStatus status = StoreStatus.SOUND;

    SwitchedStore(LimitStore store) {
        this.store = store;
    }

    void failWith(StoreException.Kind kind) {
        failure = kind;
    }

    void loseWith(Object connection) {
        failure = StoreException.Kind.CONNECTION;
        incident = connection;
    }

    /** Carries calls for an owner's keys out at once, and answers them when something has happened. */
    void holdAnswers(String owner, CompletableFuture<?> until) {
        heldOwner = owner;
        held = until;
    }

    /** Fails calls for an owner's keys when something has happened, without carrying them out; heals all others. */
    void failLater(String owner, CompletableFuture<?> until, StoreException.Kind kind) {
        heldOwner = owner;
        held = until.thenCompose(over -> CompletableFuture.failedFuture(failed(kind)));
        holdsBefore = true;
        failure = null;
    }

    private StoreException failed(StoreException.Kind kind) {
        return new StoreException(kind, "failed on demand", null, incident);
    }

    /** Refuses calls for the keys of these owners, in a way that says nothing about the store. */
    void refuse(Predicate<String> owner) {
        refused = owner;
    }

    void heal() {
        if (holdsBefore) {
            holdsBefore = false;
            heldOwner = null;
        }
        failure = null;
        incident = null;
    }

    /** Answers so long after it has decided from now on; zero for at once. */
    void answerAfter(Duration time) {
        delay = time;
    }

    void throwDefects() {
        defective = true;
    }

    @Override
    public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
        asked.add(new ArrayList<>(operations));
        if (defective) {
            throw new IllegalStateException("a defect");
        }
        if (answerNothing) {
            return CompletableFuture.completedFuture(List.of());
        }
        if (holdsBefore && isOf(owner -> owner.equals(heldOwner), operations)) {
            return held.thenCompose(never -> CompletableFuture.failedFuture(failed(StoreException.Kind.OTHER)));
        }
        StoreException.Kind kind = isOf(refused, operations) ? StoreException.Kind.TRY_AGAIN : failure;
        if (kind == null) {
            answered.addAll(operations);
            CompletionStage<List<Decision>> answer = delayed(store.executeAll(operations));
            return isOf(owner -> owner.equals(heldOwner), operations) ? held.thenCompose(released -> answer) : answer;
        }
        return CompletableFuture.failedFuture(failed(kind));
    }

    private CompletionStage<List<Decision>> delayed(CompletionStage<List<Decision>> answer) {
        if (delay.isZero()) {
            return answer;
        }
        Executor later = CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS);
        return answer.thenApplyAsync(decisions -> decisions, later);
    }

    private static boolean isOf(Predicate<String> owner, List<Operation> operations) {
        return operations.stream()
                .flatMap(operation -> operation.keys().stream())
                .anyMatch(key -> owner.test(key.owner()));
    }

    @Override
    public StoreStatus status() {
        return status;
    }

    @Override
    public void close() {
        store.close();
    }
}
