package io.ratelimit.redis;

import java.time.Duration;

/**
 * How many instances there are, by what the server said. A larger number counts at once. A smaller one counts after the server
 * has said it without a break for as long as all living instances need to report: a server that restarted empty has to hear
 * of them again first. The last number stays while the server is gone.
 *
 * <p>Safe for any number of threads.
 */
final class InstanceCount {
    private final long patienceNanos;
    private volatile int count;
    private boolean falling;
    private int fallsTo;
    private long fallsSince;

    /**
     * Knows nothing yet.
     *
     * @param patience how long a smaller number has to last
     */
    InstanceCount(Duration patience) {
        this.patienceNanos = patience.toNanos();
    }

    /** Returns the number, from 1; 0 while the server has never said any. */
    int get() {
        return count;
    }

    /**
     * Notes what the server said.
     *
     * @param instances how many, from 1
     * @param nowNanos the time, as of {@link System#nanoTime()}
     */
    synchronized void heard(int instances, long nowNanos) {
        if (instances >= count) {
            count = instances;
            falling = false;
        } else if (!falling) {
            falling = true;
            fallsTo = instances;
            fallsSince = nowNanos;
        } else {
            fallsTo = Math.max(fallsTo, instances);
            if (nowNanos - fallsSince >= patienceNanos) {
                count = fallsTo;
                falling = false;
            }
        }
    }

    /** Notes that the server said nothing. */
    synchronized void missed() {
        falling = false;
    }
}
