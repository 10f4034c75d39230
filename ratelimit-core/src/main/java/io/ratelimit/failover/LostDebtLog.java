package io.ratelimit.failover;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says how many debts were forgotten for want of room, at most once a minute. Safe for any number of threads. */
final class LostDebtLog {
    private static final Logger log = LoggerFactory.getLogger(LostDebtLog.class);
    private static final long QUIET_NANOS = Duration.ofMinutes(1).toNanos();

    private final LongSupplier nanoTime;
    private long lost;
    private long quietUntil;

    LostDebtLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.quietUntil = nanoTime.getAsLong();
    }

    synchronized void lost() {
        lost++;
        long now = nanoTime.getAsLong();
        if (now - quietUntil >= 0) {
            quietUntil = now + QUIET_NANOS;
            log.warn(
                    "More keys are used while the rate limit backend is gone than there is room for: what {} of them"
                            + " used will not be charged to it afterwards (expected: fewer keys, or a larger max-keys and"
                            + " heap)",
                    lost);
        }
    }
}
