package io.ratelimit.spring.annotation;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Waits until it is a call's turn. */
interface Turn {
    /** Parks this thread. */
    void await(Duration delay) throws InterruptedException;

    /**
     * Runs something then, without a thread that waits for it.
     *
     * @param rejected is told instead if there is no thread to run it when the time has come
     */
    void later(Duration delay, Runnable task, Consumer<RejectedExecutionException> rejected);

    /** Waits by the clock of this machine, and runs what is late on an executor. */
    static Turn onClock(Supplier<Executor> executor) {
        return new Turn() {
            @Override
            public void await(Duration delay) throws InterruptedException {
                TimeUnit.NANOSECONDS.sleep(delay.toNanos());
            }

            @Override
            public void later(Duration delay, Runnable task, Consumer<RejectedExecutionException> rejected) {
                // The thread that keeps the time runs no more than this: its own failures would go unseen.
                Executor timer =
                        CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS, Runnable::run);
                timer.execute(() -> {
                    try {
                        executor.get().execute(task);
                    } catch (RejectedExecutionException full) {
                        rejected.accept(full);
                    }
                });
            }
        };
    }
}
