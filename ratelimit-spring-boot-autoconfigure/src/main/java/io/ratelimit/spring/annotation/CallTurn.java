package io.ratelimit.spring.annotation;

import io.ratelimit.store.CleanThreads;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.task.TaskDecorator;

/** Waits until it is a call's turn. */
interface CallTurn {
    /** Parks this thread. */
    void await(Duration delay) throws InterruptedException;

    /**
     * Runs something then, without a thread that waits for it, in the context of the thread that calls this.
     *
     * @param failed is told instead if there is no thread to run it when the time has come, or the context is not to be had
     */
    void later(Duration delay, Runnable task, Consumer<Throwable> failed);

    /**
     * Waits by the clock of this machine.
     *
     * @param executor runs what is late
     * @param context carries over what the caller's thread has
     */
    static CallTurn onClock(Supplier<Executor> executor, Supplier<TaskDecorator> context) {
        return new CallTurn() {
            @Override
            public void await(Duration delay) throws InterruptedException {
                TimeUnit.NANOSECONDS.sleep(delay.toNanos());
            }

            @Override
            public void later(Duration delay, Runnable task, Consumer<Throwable> failed) {
                TaskDecorator decorator = context.get();
                Runnable late = cancellable(guarded(decorator.decorate(withClassLoader(task)), failed), failed);
                // In the same context: the executor may have decorators of its own, which look for it on the thread
                // that
                // hands the task over. Not the one that keeps the time of all, because an executor may make it wait.
                Runnable handOver =
                        guarded(decorator.decorate(() -> executor.get().execute(late)), failed);
                CleanThreads.forTimeouts();
                CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS)
                        .execute(handOver);
            }
        };
    }

    private static Runnable guarded(Runnable task, Consumer<Throwable> failed) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error defect) {
                failed.accept(defect);
            }
        };
    }

    /** An executor that closes cancels what waits in its queue, if it can be. */
    private static Runnable cancellable(Runnable task, Consumer<Throwable> failed) {
        return new FutureTask<@Nullable Void>(task, null) {
            @Override
            protected void done() {
                if (isCancelled()) {
                    failed.accept(new CancellationException("The executor has closed before it was the call's turn"));
                }
            }
        };
    }

    /** The threads of the common pool have that of the platform, which knows no class of an application in a jar. */
    private static Runnable withClassLoader(Runnable task) {
        ClassLoader callers = Thread.currentThread().getContextClassLoader();
        return () -> {
            Thread thread = Thread.currentThread();
            ClassLoader own = thread.getContextClassLoader();
            thread.setContextClassLoader(callers);
            try {
                task.run();
            } finally {
                thread.setContextClassLoader(own);
            }
        };
    }
}
