package io.ratelimit.failover;

import io.ratelimit.store.StoreException;
import io.ratelimit.store.WarningBudget;
import java.time.Duration;
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
    private final WarningBudget warnings;

    FailureLog(LongSupplier nanoTime) {
        this.warnings = new WarningBudget(Duration.ofSeconds(30), nanoTime);
    }

    void failed(StoreException failure) {
        log.debug("The rate limit backend failed", failure);
        if (failure.isUnexpected() && warnings.spend()) {
            log.warn("The rate limit backend failed in a way that it should not; the failure policies decide", failure);
        }
    }
}
