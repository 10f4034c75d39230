package io.ratelimit.redis.testing.load;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests at a bounded rate over so many connections, each of which waits for an answer before it sends the next.
 *
 * <p>A connection that was held up catches up as fast as it can, for the last second. The load ends by itself after a time and a number of
 * requests, whatever becomes of the test.
 */
public final class Load implements AutoCloseable {
    private static final Duration MOST_BEHIND = Duration.ofSeconds(1);
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(60);

    private final Duration longestAnswer;
    private final long endsAtNanos;
    private final Ledger ledger = new Ledger();
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    /** A connection's way to send a request. Closed when the load ends. */
    public interface Sender extends AutoCloseable {
        /**
         * Sends a request and waits for its answer.
         *
         * @param number how many were sent before, over all connections
         */
        Entry send(long number) throws Exception;

        @Override
        default void close() throws IOException {}
    }

    /** Opens connections. */
    public interface Senders {
        /**
         * Opens a connection.
         *
         * @param connection its number, from 0
         */
        Sender open(int connection);
    }

    /**
     * How much is sent.
     *
     * @param connections how many wait for answers at the same time
     * @param perSecond the most requests a second over all connections; 0 for as many as they manage
     * @param longest when it ends by itself
     */
    public record Shape(int connections, int perSecond, Duration longest) {
        /** 1,000 requests a second over 64 connections. */
        public static Shape usual(Duration longest) {
            return new Shape(64, 1_000, longest);
        }
    }

    private Load(Duration longestAnswer, long endsAtNanos) {
        this.longestAnswer = longestAnswer;
        this.endsAtNanos = endsAtNanos;
    }

    /** Starts to send in the background. */
    public static Load start(Shape shape, Senders senders) {
        return start(shape, LONGEST_ANSWER, senders);
    }

    static Load start(Shape shape, Duration longestAnswer, Senders senders) {
        long begin = System.nanoTime();
        Load load = new Load(longestAnswer, begin + shape.longest().toNanos());
        for (int i = 0; i < shape.connections(); i++) {
            int connection = i;
            Thread thread = new Thread(() -> load.run(shape, connection, senders.open(connection)), "load-" + i);
            thread.setDaemon(true);
            load.threads.add(thread);
        }
        load.threads.forEach(Thread::start);
        return load;
    }

    /** Returns what became of the requests that have been answered by now. */
    public Ledger ledger() {
        return ledger;
    }

    /** Returns how many requests wait for an answer. */
    public int inFlight() {
        return inFlight.get();
    }

    /** Sends nothing more; what waits for an answer goes on waiting. */
    public void sendNoMore() {
        stopped = true;
        threads.forEach(LockSupport::unpark);
    }

    /** Stops sending, and returns the account when all answers are there. */
    public Ledger stop() {
        sendNoMore();
        return awaitEnd();
    }

    /** Returns the account when the time is over and all answers are there. One that does not come in a minute counts as broken. */
    public Ledger awaitEnd() {
        long latest = (stopped ? System.nanoTime() : endsAtNanos) + longestAnswer.toNanos();
        try {
            for (Thread thread : threads) {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(latest - System.nanoTime())));
                if (thread.isAlive()) {
                    ledger.breakOff(new TimeoutException("No answer within " + longestAnswer));
                }
            }
        } catch (InterruptedException e) {
            ledger.breakOff(e);
            Thread.currentThread().interrupt();
        }
        return ledger;
    }

    @Override
    public void close() {
        stopped = true;
        threads.forEach(Thread::interrupt);
    }

    private void run(Shape shape, int connection, Sender opened) {
        long begin = endsAtNanos - shape.longest().toNanos();
        long intervalNanos =
                shape.perSecond() == 0 ? 0 : TimeUnit.SECONDS.toNanos(shape.connections()) / shape.perSecond();
        long due = begin + intervalNanos * connection / shape.connections();
        try (Sender sender = opened) {
            while (!stopped && System.nanoTime() - endsAtNanos < 0) {
                long wait = due - System.nanoTime();
                if (wait > 0) {
                    LockSupport.parkNanos(wait);
                    continue;
                }
                due = Math.max(due + intervalNanos, System.nanoTime() - MOST_BEHIND.toNanos());
                inFlight.incrementAndGet();
                try {
                    ledger.add(sender.send(numbers.getAndIncrement()));
                } finally {
                    inFlight.decrementAndGet();
                }
            }
        } catch (Exception broken) {
            ledger.breakOff(broken);
        }
    }
}
