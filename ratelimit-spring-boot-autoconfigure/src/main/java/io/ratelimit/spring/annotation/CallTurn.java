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
     * Runs a task after a delay, without a thread that waits meanwhile, in the context of the thread that calls this method.
     *
     * @param failed is called instead of the task if no thread can run it, or if its context cannot be restored
     */
    void later(Duration delay, Runnable task, Consumer<Throwable> failed);

    /**
     * Waits by the clock of this machine.
     *
     * @param executor runs delayed tasks
     * @param context restores what the calling thread had
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
                // Decorated too, because decorators of the executor look for the context on the thread that calls
                // execute. That
                // is not the thread that keeps the time of all delays, because an executor may make its caller wait.
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

    /** An executor that closes cancels the futures in its queue; a plain runnable there would vanish without a word. */
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

    /** Threads of the common pool have the platform's class loader, which finds no class of an application in a Boot jar. */
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
