package io.ratelimit.spring.annotation;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
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
    void later(Duration delay, Runnable task, Consumer<RuntimeException> failed);

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
            public void later(Duration delay, Runnable task, Consumer<RuntimeException> failed) {
                TaskDecorator decorator = context.get();
                Runnable late = guarded(decorator.decorate(withClassLoader(task)), failed);
                // The thread that keeps the time runs no more than this, and in the same context: the executor may have
                // decorators of its own, which look for it on the thread that hands the task over.
                Runnable handOver =
                        guarded(decorator.decorate(() -> executor.get().execute(late)), failed);
                CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS, Runnable::run)
                        .execute(handOver);
            }
        };
    }

    private static Runnable guarded(Runnable task, Consumer<RuntimeException> failed) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException defect) {
                failed.accept(defect);
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
