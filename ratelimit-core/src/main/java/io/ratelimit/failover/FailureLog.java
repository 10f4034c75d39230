package io.ratelimit.failover;

import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in detail why a store failed: each time at level DEBUG, and with a WARN if the store did not say so itself, which is
 * most likely a defect of it; at most one every half minute.
 *
 * <p>Safe for any number of threads.
 */
final class FailureLog {
    private static final Logger log = LoggerFactory.getLogger(FailureLog.class);
    private static final long QUIET_NANOS = Duration.ofSeconds(30).toNanos();

    private final LongSupplier nanoTime;
    private final AtomicLong quietUntil;

    FailureLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.quietUntil = new AtomicLong(nanoTime.getAsLong());
    }

    void failed(StoreException failure) {
        log.debug("The rate limit backend failed", failure);
        long until = quietUntil.get();
        long now = nanoTime.getAsLong();
        if (failure.isUnexpected() && now - until >= 0 && quietUntil.compareAndSet(until, now + QUIET_NANOS)) {
            log.warn("The rate limit backend failed in a way that it should not; the failure policies decide", failure);
        }
    }
}
