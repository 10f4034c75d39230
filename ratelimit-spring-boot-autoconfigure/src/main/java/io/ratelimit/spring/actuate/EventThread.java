package io.ratelimit.spring.actuate;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread for listeners of the application, which lives while there is something to publish. */
final class EventThread implements Executor, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EventThread.class);
    private static final int MOST_WAITING = 64;
    private static final long IDLE_SECONDS = 10;

    private final AtomicBoolean told = new AtomicBoolean();
    private final ThreadPoolExecutor executor;

    /**
     * Starts none yet.
     *
     * @param loader the class loader that listeners find in the thread
     * @param whenFull what becomes of events that listeners are too slow for
     */
    EventThread(@Nullable ClassLoader loader, RejectedExecutionHandler whenFull) {
        this.executor = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING),
                task -> thread(task, loader),
                whenFull);
        executor.allowCoreThreadTimeOut(true);
    }

    /** A request starts it, and must leave nothing of its own in it: Tomcat takes such a thread for a leak when it stops. */
    private static Thread thread(Runnable task, @Nullable ClassLoader loader) {
        Thread thread = new Thread(null, task, "ratelimit-events", 0, false);
        thread.setContextClassLoader(loader);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void execute(Runnable publication) {
        executor.execute(() -> {
            try {
                publication.run();
            } catch (RuntimeException | LinkageError | AssertionError broken) {
                if (told.compareAndSet(false, true)) {
                    log.warn("A listener of the application failed. Further failures are logged at DEBUG", broken);
                } else {
                    log.debug("A listener of the application failed", broken);
                }
            }
        });
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
