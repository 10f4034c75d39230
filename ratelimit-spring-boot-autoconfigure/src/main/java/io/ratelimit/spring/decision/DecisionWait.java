package io.ratelimit.spring.decision;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits for a decision on the request's thread.
 *
 * <p>A servlet filter has to know the answer before it goes on, and answers come within the store's deadline, normally in
 * about a millisecond. Going asynchronous instead would make every request of the application an asynchronous one, with a
 * second dispatch through all filters, to save a thread for that millisecond; a virtual thread gives up its carrier anyway.
 */
final class DecisionWait {
    /** Above every deadline that a store can be given. Reached only if a store breaks its promise. */
    static final Duration MOST = Duration.ofSeconds(12);

    private DecisionWait() {}

    /**
     * Returns the decision. An interrupt does not end the wait, because the permits are being taken in any case; the
     * thread is interrupted again on return.
     */
    static <T> T await(CompletionStage<T> stage, Duration most) throws ExecutionException, TimeoutException {
        CompletableFuture<T> future = stage.toCompletableFuture();
        long deadline = System.nanoTime() + most.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException signal) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
