package io.ratelimit.spring.actuate;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
     * @param whenFull what becomes of events that listeners are too slow for
     */
    EventThread(RejectedExecutionHandler whenFull) {
        this.executor = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING),
                task -> {
                    Thread thread = new Thread(task, "ratelimit-events");
                    thread.setDaemon(true);
                    return thread;
                },
                whenFull);
        executor.allowCoreThreadTimeOut(true);
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
