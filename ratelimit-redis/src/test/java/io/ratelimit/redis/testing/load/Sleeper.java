package io.ratelimit.redis.testing.load;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A thread that does nothing but sleep for a millisecond at a time: how late it wakes up is the machine's own noise. */
public final class Sleeper implements AutoCloseable {
    private static final Duration NAP = Duration.ofMillis(1);

    private final Queue<Nap> naps = new ConcurrentLinkedQueue<>();
    private final Thread thread = new Thread(this::sleep, "sleeper");

    private record Nap(long begunAtNanos, long lateNanos) {}

    private Sleeper() {}

    /** Begins to sleep. */
    public static Sleeper start() {
        Sleeper sleeper = new Sleeper();
        sleeper.thread.setDaemon(true);
        sleeper.thread.start();
        return sleeper;
    }

    /** Returns the lateness that 99 of 100 naps of a time did not exceed. */
    public Duration p99(long fromNanos, long toNanos) {
        return Percentile.of(
                0.99,
                naps.stream()
                        .filter(nap -> nap.begunAtNanos() - fromNanos >= 0 && nap.begunAtNanos() - toNanos < 0)
                        .mapToLong(Nap::lateNanos));
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void sleep() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                long begin = System.nanoTime();
                Thread.sleep(NAP.toMillis());
                naps.add(new Nap(begin, Math.max(0, System.nanoTime() - begin - NAP.toNanos())));
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }
}
