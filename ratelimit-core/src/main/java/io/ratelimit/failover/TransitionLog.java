package io.ratelimit.failover;

import io.ratelimit.store.StoreException;
import io.ratelimit.store.WarningBudget;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line when the store goes and one when it comes back, and not more than five a minute where it flaps. */
final class TransitionLog {
    private static final Logger log = LoggerFactory.getLogger(FailoverStore.class);
    private final WarningBudget warnings;
    private boolean told;
    private boolean untold;

    TransitionLog(LongSupplier nanoTime) {
        this.warnings = new WarningBudget(Duration.ofSeconds(30), nanoTime);
    }

    synchronized void opened(@Nullable StoreException failure) {
        untold = true;
        stillOpen(failure);
    }

    /** Says what was not said when it happened, once the quiet time is over. */
    synchronized void stillOpen(@Nullable StoreException failure) {
        if (!untold || !warnings.spend()) {
            return;
        }
        untold = false;
        told = true;
        log.warn(
                "The rate limit backend is {}. The failure policies of the rules decide until it is back",
                failure == null ? "slow" : "failing (" + failure.kind().id() + ": " + failure.getMessage() + ")");
    }

    synchronized void closed() {
        untold = false;
        if (told) {
            told = false;
            log.warn("The rate limit backend is back and decides again");
        }
    }
}
