package io.ratelimit.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Daemon threads that keep nothing of the thread that starts them, which may be a request's: none of its inheritable thread
 * locals, and in place of its context class loader that of this library.
 */
public final class CleanThreads {
    private static final AtomicBoolean timeoutsReady = new AtomicBoolean();

    private CleanThreads() {}

    /** Returns a factory of threads that all have this name. */
    public static ThreadFactory named(String name) {
        return task -> {
            Thread thread = new Thread(null, task, name, 0, false);
            thread.setContextClassLoader(CleanThreads.class.getClassLoader());
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * Sees to it that the timeouts of {@link CompletableFuture} are kept by a clean thread too: the first of them in a JVM starts
     * the JDK's one timer thread. Waits for that the first time, less than a millisecond, and does nothing afterwards.
     */
    public static void forTimeouts() {
        if (timeoutsReady.get() || !timeoutsReady.compareAndSet(false, true)) {
            return;
        }
        run(() -> CompletableFuture.delayedExecutor(1, TimeUnit.NANOSECONDS, Runnable::run)
                .execute(() -> {}));
    }

    /** Runs something that starts threads as if a clean thread had called it, and waits for its end. */
    public static void run(Runnable task) {
        Thread thread = named("ratelimit-start").newThread(task);
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}
