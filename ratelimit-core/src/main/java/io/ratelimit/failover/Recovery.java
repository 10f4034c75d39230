package io.ratelimit.failover;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.store.CleanThreads;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Fate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Charges the store with what the fallback admitted, once: with the key's first decision there, in the same call and before
 * it; for keys that nobody asks for, in the background at a bounded rate.
 */
final class Recovery implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Recovery.class);
    private static final int LARGEST_BATCH = 100;
    /** Enough for the largest batch where most of the shards are gone. */
    private static final int MOST_LOOKS = 1_000;

    private static final long PAUSE_MILLIS = 100;
    private static final long LONGEST_CLOSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LimitStore primary;
    private final Circuits circuits;
    private final Debts debts;
    private final Fallback fallback;
    private final Map<Key, CompletableFuture<?>> settling = new ConcurrentHashMap<>();
    private final Consumer<StoreException> failures;
    private final AtomicBoolean awake = new AtomicBoolean();
    private final AtomicInteger batch = new AtomicInteger(1);
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(CleanThreads.named("ratelimit-recovery"));

    Recovery(LimitStore primary, Circuits circuits, Debts debts, Fallback fallback, Consumer<StoreException> failures) {
        this.failures = failures;
        this.primary = primary;
        this.circuits = circuits;
        this.debts = debts;
        this.fallback = fallback;
    }

    /** Returns whether the store knows everything that was admitted. */
    boolean isSettled() {
        // In this order: a key is among the settling before its debt is taken out.
        return debts.isEmpty() && settling.isEmpty();
    }

    /** Returns what ends, either way, when the charge of the key's debts that is under way has; {@code null} if there is none. */
    @Nullable
    CompletableFuture<?> charging(Key key) {
        return settling.get(key);
    }

    /**
     * Asks the store: at once, or behind the debts of the operation's keys. A refund goes at once: its permits were counted
     * there, and what is owed besides makes no difference to it.
     */
    CompletionStage<Decision> execute(Operation operation) {
        return isSettled() || operation instanceof Operation.Refund
                ? primary.execute(operation)
                : executeBehindDebts(operation, System.nanoTime());
    }

    /**
     * Waits for the charges of the operation's keys that are under way, and makes those that are left with the operation in
     * one call. An operation that has waited until a call would count as slow is not sent any more.
     */
    private CompletionStage<Decision> executeBehindDebts(Operation operation, long begunAtNanos) {
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
                    .thenCompose(done -> isStillQuick(operation, begunAtNanos)
                            ? executeBehindDebts(operation, begunAtNanos)
                            : notAskedMeanwhile(operation));
        }
        if (!owing.isEmpty() && !isOfOneOwner(operation)) {
            return settleAll(byOwner(owing))
                    .thenCompose(done -> isStillQuick(operation, begunAtNanos)
                            ? executeBehindDebts(operation, begunAtNanos)
                            : notAskedMeanwhile(operation));
        }
        Claim claim = claim(owing);
        if (claim.keys().size() < owing.size()) {
            release(claim, null);
            return executeBehindDebts(operation, begunAtNanos);
        }
        return settle(claim, List.of(operation)).thenApply(decisions -> decisions.get(0));
    }

    private static boolean isOfOneOwner(Operation operation) {
        return operation.keys().stream().map(Key::owner).distinct().count() == 1;
    }

    /** Charges at the same time, and fails if one of the calls does, in which case nothing is asked behind it. */
    private CompletionStage<Void> settleAll(Collection<List<Key>> byOwner) {
        CompletableFuture<?>[] calls = byOwner.stream()
                .map(ofOne -> settle(claim(ofOne), List.of()).toCompletableFuture())
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(calls)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        StoreException.of(failure).withFate(Fate.NOT_CARRIED_OUT)));
    }

    /** Sees to it that debts are charged even if nobody asks for their keys. */
    void awaken() {
        if (awake.compareAndSet(false, true)) {
            try {
                var unused = timer.schedule(this::work, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException closed) {
                log.debug("Not charging any more what was admitted meanwhile", closed);
            }
        }
    }

    /**
     * Charges what is left, as far as the store may be asked, so that a process that is replaced soon after an outage leaves
     * nobody a fresh quota. Waits for that one second at most, and no longer once nothing but refusals comes back; what is
     * not charged by then is lost.
     */
    @Override
    public void close() {
        timer.shutdownNow();
        long untilNanos = System.nanoTime() + LONGEST_CLOSE_NANOS;
        try {
            // The keys are gone through by one thread: by this one once the other has ended.
            boolean more = timer.awaitTermination(LONGEST_CLOSE_NANOS, TimeUnit.NANOSECONDS);
            while (more && !isSettled()) {
                more = chargeLast(untilNanos - System.nanoTime());
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for what is being charged, and charges the next; returns whether to go on. */
    private boolean chargeLast(long nanosLeft) throws InterruptedException {
        if (nanosLeft <= 0) {
            return false;
        }
        List<CompletableFuture<Boolean>> calls = new ArrayList<>();
        settling.values().forEach(done -> calls.add(done.handle((none, failure) -> failure == null)));
        calls.addAll(chargeNext(LARGEST_BATCH, Integer.MAX_VALUE));
        try {
            CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).get(nanosLeft, TimeUnit.NANOSECONDS);
            return calls.stream().anyMatch(CompletableFuture::join);
        } catch (ExecutionException | TimeoutException gone) {
            log.debug("Not charging any more what was admitted meanwhile", gone);
            return false;
        }
    }

    /**
     * Begins with one key and takes one more for each that is charged: what a store takes in without an answer is lost, so it
     * had better be little.
     */
    private void work() {
        awake.set(false);
        try {
            chargeNext(batch.get(), MOST_LOOKS);
        } finally {
            if (!debts.isEmpty()) {
                awaken();
            }
        }
    }

    /** Charges some of the keys whose circuit is closed; returns for each call whether it succeeded. */
    private List<CompletableFuture<Boolean>> chargeNext(int most, int longestLook) {
        List<CompletableFuture<Boolean>> calls = new ArrayList<>();
        for (List<Key> ofOne :
                byOwner(debts.next(most, longestLook, key -> circuitOf(key).isClosed()))) {
            long start = System.nanoTime();
            calls.add(settle(claim(ofOne), List.of())
                    .handle((none, failure) -> {
                        settled(circuitOf(ofOne.get(0)), start, failure);
                        return failure == null;
                    })
                    .toCompletableFuture());
        }
        return calls;
    }

    /** Each owner by itself, because a call over several may be carried out for some of them only. */
    private static Collection<List<Key>> byOwner(List<Key> keys) {
        return keys.stream().collect(Collectors.groupingBy(Key::owner)).values();
    }

    private boolean isStillQuick(Operation operation, long begunAtNanos) {
        Circuit circuit = circuitOf(operation.keys().get(0));
        return circuit.isClosed() && !circuit.isSlow(begunAtNanos);
    }

    private Circuit circuitOf(Key key) {
        return circuits.of(primary.shardOf(key));
    }

    private void settled(Circuit circuit, long start, @Nullable Throwable failure) {
        if (failure == null) {
            batch.updateAndGet(size -> Math.min(LARGEST_BATCH, size + 1));
        } else {
            batch.set(1);
            StoreException known = StoreException.of(failure);
            circuit.failed(known, start);
            failures.accept(known);
        }
    }

    /** Fails as the store has meanwhile, or because it was slow. */
    private <T> CompletionStage<T> notAskedMeanwhile(Operation operation) {
        Circuit circuit = circuitOf(operation.keys().get(0));
        StoreException failed = circuit.isClosed() ? null : circuit.reason();
        return CompletableFuture.failedFuture(
                failed == null
                        ? new StoreException(
                                StoreException.Kind.TIMEOUT,
                                "The store was slow while others were asking for the same key",
                                null,
                                null,
                                Fate.NOT_CARRIED_OUT)
                        : new StoreException(
                                failed.kind(),
                                "The store failed while others were asking for the same key",
                                failed,
                                failed.incident(),
                                Fate.NOT_CARRIED_OUT));
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

    /** Lets those go on who wait for the keys: to the store, or if it failed, to the fallback without trying themselves. */
    private void release(Claim claim, @Nullable StoreException failure) {
        claim.keys().forEach(key -> settling.remove(key, claim.done()));
        if (failure == null) {
            claim.done().complete(null);
        } else {
            // Those who waited were never sent, whatever became of the call that they waited for.
            claim.done().completeExceptionally(failure.withFate(Fate.NOT_CARRIED_OUT));
        }
    }

    /** Charges debts and carries out operations behind them, in one call; returns the decisions of the latter. */
    private CompletionStage<List<Decision>> settle(Claim claim, List<Operation> behind) {
        List<Demand> owed = new ArrayList<>();
        List<Operation> operations = new ArrayList<>();
        return ask(claim, behind, owed, operations).handle((decisions, failure) -> {
            StoreException lost = lost(decisions, failure, operations.size());
            try {
                if (lost != null && lost.fate() == Fate.NOT_CARRIED_OUT) {
                    debts.putBack(owed);
                    awaken();
                } else {
                    debts.forgetTaken(owed);
                }
                if (lost == null) {
                    decisions.subList(0, owed.size()).forEach(fallback::settled);
                }
            } finally {
                release(claim, lost);
            }
            if (lost != null) {
                throw lost;
            }
            return decisions.subList(owed.size(), decisions.size());
        });
    }

    /** Takes out what is owed and asks the store; whatever goes wrong is the stage's, so that the keys are released. */
    private CompletionStage<List<Decision>> ask(
            Claim claim, List<Operation> behind, List<Demand> owed, List<Operation> operations) {
        try {
            // One by one: what was taken out before one that cannot be is put back.
            for (Key key : claim.keys()) {
                owed.addAll(debts.take(List.of(key)));
            }
            owed.forEach(debt -> operations.add(Operation.Charge.of(debt)));
            operations.addAll(behind);
            return operations.isEmpty()
                    ? CompletableFuture.completedFuture(List.of())
                    : StoreException.guard(() -> primary.executeAll(operations));
        } catch (Throwable defect) {
            return CompletableFuture.failedFuture(defect);
        }
    }

    /** Returns the failure of a call, also of one that left operations unanswered; {@code null} if it was answered. */
    static @Nullable StoreException lost(
            @Nullable List<Decision> decisions, @Nullable Throwable failure, int expected) {
        if (failure != null) {
            return StoreException.of(failure);
        }
        return decisions != null && decisions.size() == expected
                ? null
                : new StoreException(
                        StoreException.Kind.OTHER, "A store left operations unanswered", null, null, Fate.UNKNOWN);
    }
}
