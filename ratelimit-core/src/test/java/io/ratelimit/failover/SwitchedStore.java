package io.ratelimit.failover;

import io.ratelimit.limit.Decision;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A store that fails on demand and remembers what it was asked. */
final class SwitchedStore implements LimitStore {
    final List<List<Operation>> asked = new CopyOnWriteArrayList<>();
    final List<Operation> answered = new CopyOnWriteArrayList<>();
    private final LimitStore store;
    private volatile StoreException.@Nullable Kind failure;
    private volatile @Nullable Object incident;
    private volatile boolean defective;
    private volatile @Nullable String heldOwner;
    private volatile CompletableFuture<?> held = CompletableFuture.completedFuture(null);
    volatile boolean answerNothing;

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

    void heal() {
        failure = null;
        incident = null;
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
        StoreException.Kind kind = failure;
        if (kind == null) {
            answered.addAll(operations);
            CompletionStage<List<Decision>> answer = store.executeAll(operations);
            boolean isHeld = operations.stream()
                    .flatMap(operation -> operation.keys().stream())
                    .anyMatch(key -> key.owner().equals(heldOwner));
            return isHeld ? held.thenCompose(released -> answer) : answer;
        }
        return CompletableFuture.failedFuture(new StoreException(kind, "failed on demand", null, incident));
    }

    @Override
    public void close() {
        store.close();
    }
}
