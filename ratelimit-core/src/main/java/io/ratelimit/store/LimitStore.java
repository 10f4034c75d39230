package io.ratelimit.store;

import io.ratelimit.limit.Decision;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Where counters live. Every operation is atomic: it sees and changes all its counters at one instant of the store's clock.
 *
 * <p>Implementations are safe for any number of threads, never block the caller for the network, and answer within a
 * deadline of their own. They never accept or return {@code null}.
 */
public interface LimitStore extends AutoCloseable {
    /**
     * Carries out one operation.
     *
     * @return the decision; of a charge, a refund or a reset one that is allowed and tells the state afterwards. Fails
     *     with a {@link StoreException} if the store could not decide in time
     */
    default CompletionStage<Decision> execute(Operation operation) {
        return executeAll(List.of(operation)).thenApply(decisions -> decisions.get(0));
    }

    /**
     * Carries out several operations one after the other, with as few round trips as the store can.
     *
     * @param operations what to do; not empty
     * @return the decisions in the same order, or a {@link StoreException}; after a failure some operations may have been
     *     carried out
     */
    CompletionStage<List<Decision>> executeAll(List<Operation> operations);

    /** Releases connections and memory. Operations after that fail. */
    @Override
    void close();
}
