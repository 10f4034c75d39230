package io.ratelimit.failover;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Charges the store with what the fallback admitted, once: with the key's first decision there, in the same call and before
 * it; for keys that nobody asks for, in the background at a bounded rate.
 */
final class Recovery implements AutoCloseable {
    private static final int BATCH = 100;
    private static final long PAUSE_MILLIS = 100;

    private final LimitStore primary;
    private final Circuit circuit;
    private final Debts debts;
    private final Fallback fallback;
    private final Map<Key, CompletableFuture<?>> settling = new ConcurrentHashMap<>();
    private final AtomicBoolean awake = new AtomicBoolean();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "ratelimit-recovery");
        thread.setDaemon(true);
        return thread;
    });

    Recovery(LimitStore primary, Circuit circuit, Debts debts, Fallback fallback) {
        this.primary = primary;
        this.circuit = circuit;
        this.debts = debts;
        this.fallback = fallback;
    }

    /** Asks the store: at once, or behind the debts of the operation's keys. */
    CompletionStage<Decision> execute(Operation operation) {
        // In this order: a key is among the settling before its debt is taken out.
        if (debts.isEmpty() && settling.isEmpty()) {
            return primary.execute(operation);
        }
        List<Key> owing = operation.keys().stream().filter(debts::contains).toList();
        List<CompletableFuture<?>> others = operation.keys().stream()
                .<CompletableFuture<?>>mapMulti((key, found) -> {
                    CompletableFuture<?> other = settling.get(key);
                    if (other != null) {
                        found.accept(other);
                    }
                })
                .toList();
        if (!others.isEmpty()) {
            return CompletableFuture.allOf(others.toArray(CompletableFuture[]::new))
                    .thenCompose(done -> execute(operation));
        }
        Claim claim = claim(owing);
        if (claim.keys().size() < owing.size()) {
            release(claim);
            return execute(operation);
        }
        return settle(claim, List.of(operation)).thenApply(decisions -> decisions.get(0));
    }

    /** Sees to it that debts are charged even if nobody asks for their keys. */
    void awaken() {
        if (awake.compareAndSet(false, true)) {
            var unused = timer.schedule(this::work, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    private void work() {
        awake.set(false);
        if (circuit.isClosed()) {
            var unused = settle(claim(debts.keys(BATCH)), List.of());
        }
        if (!debts.isEmpty()) {
            awaken();
        }
    }

    /** Keys whose debts one call is about to charge; whoever asks for them meanwhile waits until it is done. */
    private record Claim(List<Key> keys, CompletableFuture<Void> done) {}

    private Claim claim(List<Key> owing) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        return new Claim(
                owing.stream()
                        .filter(key -> settling.putIfAbsent(key, done) == null)
                        .toList(),
                done);
    }

    private void release(Claim claim) {
        claim.keys().forEach(key -> settling.remove(key, claim.done()));
        claim.done().complete(null);
    }

    /** Charges debts and carries out operations behind them, in one call; returns the decisions of the latter. */
    private CompletionStage<List<Decision>> settle(Claim claim, List<Operation> behind) {
        List<Demand> owed = debts.take(claim.keys());
        List<Operation> operations = new ArrayList<>();
        owed.forEach(debt -> operations.add(Operation.Charge.of(debt)));
        operations.addAll(behind);
        CompletionStage<List<Decision>> asked = operations.isEmpty()
                ? CompletableFuture.completedFuture(List.of())
                : StoreException.guard(() -> primary.executeAll(operations));
        return asked.whenComplete((decisions, failure) -> {
                    if (failure == null) {
                        decisions.subList(0, owed.size()).forEach(fallback::settled);
                    } else if (StoreException.of(failure).kind() != StoreException.Kind.TIMEOUT) {
                        // After a timeout the store may have counted them: never twice.
                        debts.putBack(owed);
                    }
                    release(claim);
                })
                .thenApply(decisions -> decisions.subList(owed.size(), decisions.size()));
    }
}
