package io.ratelimit.failover;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Ticker;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A store that always answers: what its primary store cannot decide is decided by each limit's failure policy.
 *
 * <p>Any exception of the primary counts as a failure of it, also one that is a defect. Safe for any number of threads.
 */
public final class FailoverStore implements LimitStore {
    private final LimitStore primary;
    private final LimitStore local;
    private final FailureDecider failureDecider;
    private final RefundRoute refunds;
    private final FailureListener listener;

    /**
     * Creates the store.
     *
     * @param primary who decides normally; closed with this store
     * @param local who decides for limits with the policy {@code local}; its decisions say {@code fallback}; closed with
     *     this store
     * @param ticker the clock of answers that no store gives
     * @param listener who is told of failures
     */
    public FailoverStore(LimitStore primary, LimitStore local, Ticker ticker, FailureListener listener) {
        this.primary = Objects.requireNonNull(primary, "primary");
        this.local = Objects.requireNonNull(local, "local");
        this.failureDecider = new FailureDecider(local, ticker);
        this.refunds = new RefundRoute(this::askPrimary, local, failureDecider);
        this.listener = Objects.requireNonNull(listener, "listener");
    }

    @Override
    public CompletionStage<Decision> execute(Operation operation) {
        return operation instanceof Operation.Refund refund ? refunds.execute(refund) : askPrimary(operation);
    }

    @Override
    public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
        if (operations.stream().noneMatch(Operation.Refund.class::isInstance)) {
            return orElse(() -> primary.executeAll(operations), () -> eachOf(operations, failureDecider::decide));
        }
        return eachOf(operations, this::execute);
    }

    @Override
    public void close() {
        primary.close();
        local.close();
    }

    private CompletionStage<Decision> askPrimary(Operation operation) {
        return orElse(() -> primary.execute(operation), () -> failureDecider.decide(operation));
    }

    private <T> CompletionStage<T> orElse(Supplier<CompletionStage<T>> ask, Supplier<CompletionStage<T>> otherwise) {
        CompletionStage<T> asked;
        try {
            asked = ask.get();
        } catch (RuntimeException defect) {
            asked = CompletableFuture.failedFuture(defect);
        }
        return asked.handle((answer, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(answer);
                    }
                    listener.failed(storeException(failure));
                    return otherwise.get();
                })
                .thenCompose(answer -> answer);
    }

    private static CompletionStage<List<Decision>> eachOf(
            List<Operation> operations, Function<Operation, CompletionStage<Decision>> step) {
        CompletionStage<List<Decision>> all = CompletableFuture.completedFuture(new ArrayList<>(operations.size()));
        for (Operation operation : operations) {
            all = all.thenCompose(done -> step.apply(operation).thenApply(decision -> {
                done.add(decision);
                return done;
            }));
        }
        return all;
    }

    private static StoreException storeException(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof StoreException known
                ? known
                : new StoreException(StoreException.Kind.OTHER, "A store failed unexpectedly", cause);
    }
}
