package io.ratelimit.spring.decision;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits for a decision on the caller's thread.
 *
 * <p>A servlet filter has to know the answer before it goes on, and answers come within the store's deadline, normally in
 * about a millisecond. Going asynchronous instead would make every request of the application an asynchronous one, with a
 * second dispatch through all filters, to save a thread for that millisecond; a virtual thread gives up its carrier anyway.
 */
public final class DecisionWait {
    /** Above every deadline that a store can be given. Reached only if a store breaks its promise. */
    static final Duration MOST = Duration.ofSeconds(12);

    private DecisionWait() {}

    /**
     * Returns what a stage completes with. An interrupt does not end the wait, because the permits are being taken in any
     * case; the thread is interrupted again on return.
     *
     * @param giveUp completes the stage, and is run if nothing else has for 12 s
     */
    public static <T> T await(CompletionStage<T> stage, Runnable giveUp) {
        return await(stage, MOST, giveUp);
    }

    static <T> T await(CompletionStage<T> stage, Duration most, Runnable giveUp) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        if (!future.isDone() && !isDoneWithin(most, future)) {
            giveUp.run();
        }
        return future.join();
    }

    private static boolean isDoneWithin(Duration most, CompletableFuture<?> future) {
        long deadline = System.nanoTime() + most.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    Object unused = future.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                    return true;
                } catch (InterruptedException signal) {
                    interrupted = true;
                } catch (ExecutionException failed) {
                    return true;
                } catch (TimeoutException late) {
                    return false;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
