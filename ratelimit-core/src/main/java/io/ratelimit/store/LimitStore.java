package io.ratelimit.store;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Key;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Where counters live. Every operation is atomic: it sees and changes all its counters at one instant of the store's clock.
 * A store of several shards may promise that for the counters of one {@link Key#owner()} only; see {@link
 * PiecewiseExecutor} for what it does with an operation over several.
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

    /**
     * Returns the shard that decides about a key at present. Shards fail on their own, so that what is known of one says
     * nothing of another.
     *
     * @return a name of the shard; the empty text, as here, of a store that is one whole
     */
    default String shardOf(Key key) {
        return "";
    }

    /**
     * Returns how the store fares, from what it knows already: this asks nobody and does not wait.
     *
     * @return {@link StoreStatus#SOUND}, as here, of a store that cannot be degraded
     */
    default StoreStatus status() {
        return StoreStatus.SOUND;
    }

    /** Releases connections and memory. Operations after that fail. */
    @Override
    void close();
}
