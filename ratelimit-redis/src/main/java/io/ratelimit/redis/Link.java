package io.ratelimit.redis;

import io.ratelimit.store.StoreException;
import io.ratelimit.store.WarningBudget;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one connection open: the first one, and another one whenever it is lost or has to be replaced.
 *
 * <p>There is never more than one attempt at a time, and the pauses between them grow until a call is answered. Nobody
 * waits for a connection: where there is none, {@link #connection} says so at once.
 *
 * <p>Safe for any number of threads. The lock is held for a few assignments, never while connecting.
 */
final class Link {
    private static final Logger log = LoggerFactory.getLogger(Link.class);

    private final ScriptConnector connector;
    private final ScheduledExecutorService timer;
    private final WarningBudget warnings;
    private final CompletableFuture<Boolean> firstAttempt = new CompletableFuture<>();
    private final Object lock = new Object();
    private final Backoff backoff = new Backoff();

    private volatile @Nullable ScriptConnection connection;
    private volatile Absence absence = new Absence(null, new Object());
    private volatile boolean answered;
    private boolean closed;
    private boolean outageTold;

    /** Returns a budget of one warning every 30 seconds, which links share so that a cluster whose nodes are all gone fills no log. */
    static WarningBudget warnings(LongSupplier nanoTime) {
        return new WarningBudget(Duration.ofSeconds(30), nanoTime);
    }

    /** Why there is no connection, and since when: calls that fail for the same incident count as one failure. */
    private record Absence(@Nullable StoreException reason, Object incident) {}

    /**
     * Prepares to connect; opens nothing yet.
     *
     * @param warnings of outages, which several links may share
     */
    Link(ScriptConnector connector, ScheduledExecutorService timer, WarningBudget warnings) {
        this.connector = connector;
        this.timer = timer;
        this.warnings = warnings;
    }

    /** Starts to connect in the background. */
    void open() {
        synchronized (lock) {
            attemptAfterPause();
        }
    }

    /** Waits until the first attempt has ended, either way, or the time has passed. */
    void awaitFirstAttempt(Duration longest) {
        firstAttempt
                .completeOnTimeout(false, longest.toNanos(), TimeUnit.NANOSECONDS)
                .join();
    }

    /** Runs the task when the first attempt has ended, either way; at once if it has. */
    void whenAttempted(Runnable task) {
        var unused = firstAttempt.thenRun(task);
    }

    /** Returns whether the first attempt has ended, either way. */
    boolean isAttempted() {
        return firstAttempt.isDone();
    }

    /** Returns the connection, or {@code null} if there is none at the moment. */
    @Nullable
    ScriptConnection connection() {
        return connection;
    }

    /**
     * Returns the failure of a call for which there is no connection. It belongs to the same incident as the calls that were
     * lost with the last connection, until an attempt to open another one fails, which is the next incident.
     */
    StoreException absence() {
        Absence now = absence;
        return RedisErrors.notConnected(now.reason(), now.incident());
    }

    /** Notes that a call over this connection was answered, so that the server is well. */
    void answered(ScriptConnection by) {
        if (!answered && by == connection) {
            synchronized (lock) {
                answered = true;
                backoff.reset();
            }
        }
    }

    /** Gives a connection up, whose calls fail, and opens another one. Does nothing if that has happened already. */
    void replace(ScriptConnection unfit, @Nullable StoreException why) {
        synchronized (lock) {
            if (closed || connection != unfit) {
                return;
            }
            // In this order, because a call that finds no connection then asks why.
            absence = new Absence(why, unfit);
            connection = null;
            attemptAfterPause();
        }
        unfit.close();
    }

    /** Closes the connection, and opens no other. */
    void close() {
        synchronized (lock) {
            closed = true;
            absence = new Absence(null, new Object());
            connection = null;
        }
        connector.close();
    }

    /** Returns where this leads, without credentials. */
    @Override
    public String toString() {
        return connector.toString();
    }

    private void attemptAfterPause() {
        if (closed) {
            return;
        }
        try {
            var unused = timer.schedule(this::attempt, backoff.next().toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closing) {
            log.debug("Not connecting to Redis any more", closing);
        }
    }

    private void attempt() {
        try {
            connector.connect().whenComplete((opened, failure) -> {
                try {
                    if (failure == null) {
                        attach(opened);
                    } else {
                        attemptAgain(failure);
                    }
                } finally {
                    firstAttempt.complete(failure == null);
                }
            });
        } catch (RuntimeException | Error refused) {
            // Whatever it is, such as a class that cannot be loaded while there are no file descriptors, it may pass.
            attemptAgain(refused);
            firstAttempt.complete(false);
        }
    }

    private void attach(ScriptConnection opened) {
        synchronized (lock) {
            if (!closed) {
                answered = false;
                connection = opened;
            }
        }
        if (connection == opened) {
            opened.onLost(() -> replace(opened, null));
            tellAttached();
        } else {
            opened.close();
        }
    }

    private void attemptAgain(Throwable failure) {
        StoreException why = null;
        try {
            why = RedisErrors.toStoreException(failure);
        } finally {
            synchronized (lock) {
                absence = new Absence(why, new Object());
                attemptAfterPause();
            }
        }
        tellFailed(why);
    }

    /** One line for an outage, and none for one that begins soon after another was told, unless it lasts. */
    private void tellFailed(StoreException why) {
        synchronized (lock) {
            if (closed || outageTold || !warnings.spend()) {
                return;
            }
            log.warn("{}, at {}. Trying again in the background.", why.getMessage(), connector);
            outageTold = true;
        }
    }

    private void tellAttached() {
        synchronized (lock) {
            if (outageTold) {
                log.info("Connected to Redis at {} again", connector);
                outageTold = false;
            }
        }
    }
}
