package io.ratelimit.redis;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends calls that take too long.
 *
 * <p>All calls have the same time, so that those begun first end first: a queue does, and one timer for whatever is in it,
 * where a timer for each call would cost more than the call. A call ends up to {@link #GRAIN} late.
 *
 * <p>When the timer itself comes late, this process stood still, and answers may have arrived that nobody has read yet: they
 * get {@link #GRACE} before calls are ended.
 *
 * <p>Safe for any number of threads.
 */
final class Deadlines {
    private static final Logger log = LoggerFactory.getLogger(Deadlines.class);
    private static final Duration GRAIN = Duration.ofMillis(2);
    private static final Duration STANDSTILL = Duration.ofMillis(5);
    private static final Duration GRACE = Duration.ofMillis(5);
    /** Calls that have ended by themselves are let go of after this time at the latest, however long they might have taken. */
    private static final Duration LONGEST_REST = Duration.ofMillis(100);

    private final Queue<Timed> calls = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final ScheduledExecutorService timer;
    private final long timeoutNanos;
    /** Only the task that is scheduled touches these, and hands them on with the next one. */
    private long dueAtNanos;

    private boolean graceGiven;
    private volatile boolean ended;

    /** Something that ends. */
    interface Timed {
        /** Returns when it began, by {@link System#nanoTime()}. */
        long begunAtNanos();

        /** Returns whether it has ended by itself. */
        boolean isDone();

        /** Ends it. */
        void expire();
    }

    Deadlines(ScheduledExecutorService timer, Duration timeout) {
        this.timer = timer;
        this.timeoutNanos = timeout.toNanos();
    }

    /** Watches a call that has just begun. */
    void watch(Timed call) {
        calls.add(call);
        if (ended) {
            expireAll();
        } else if (scheduled.compareAndSet(false, true)) {
            schedule(Math.min(LONGEST_REST.toNanos(), timeoutNanos));
        }
    }

    /** Ends all calls at once, and from now on each as soon as it is watched. */
    void end() {
        ended = true;
        expireAll();
    }

    private void expireAll() {
        for (Timed call = calls.poll(); call != null; call = calls.poll()) {
            expire(call);
        }
    }

    /** A defect around one call must not keep the time from all others. */
    private static void expire(Timed call) {
        try {
            call.expire();
        } catch (RuntimeException | Error defect) {
            log.warn("A call to Redis did not end as it should at its deadline", defect);
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        graceGiven = !graceGiven && now - dueAtNanos > STANDSTILL.toNanos();
        if (graceGiven) {
            schedule(GRACE.toNanos());
            return;
        }
        Timed oldest = calls.peek();
        while (oldest != null && (oldest.isDone() || timeLeft(oldest, now) <= 0)) {
            // Another one than was seen, if all are being ended at this moment: then it is this one's turn too.
            Timed first = calls.poll();
            if (first != null) {
                expire(first);
            }
            oldest = calls.peek();
        }
        if (oldest != null) {
            schedule(Math.min(LONGEST_REST.toNanos(), Math.max(GRAIN.toNanos(), timeLeft(oldest, now))));
            return;
        }
        scheduled.set(false);
        // A call may have come between the last look and the line above, and found a timer still scheduled.
        if (!calls.isEmpty() && scheduled.compareAndSet(false, true)) {
            schedule(GRAIN.toNanos());
        }
    }

    private long timeLeft(Timed call, long now) {
        return timeoutNanos - (now - call.begunAtNanos());
    }

    private void schedule(long nanos) {
        dueAtNanos = System.nanoTime() + nanos;
        try {
            var unused = timer.schedule(this::sweep, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            expireAll();
        } catch (Error defect) {
            // The next call to be watched tries again.
            scheduled.set(false);
            throw defect;
        }
    }
}
