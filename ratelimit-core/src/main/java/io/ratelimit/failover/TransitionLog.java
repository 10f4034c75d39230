package io.ratelimit.failover;

import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line when the store goes and one when it comes back, and not more than five a minute where it flaps. */
final class TransitionLog {
    private static final Logger log = LoggerFactory.getLogger(FailoverStore.class);
    private static final long QUIET_NANOS = Duration.ofSeconds(30).toNanos();

    private final LongSupplier nanoTime;
    private boolean told;
    private boolean untold;
    private long quietUntil;

    TransitionLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.quietUntil = nanoTime.getAsLong();
    }

    synchronized void opened(@Nullable StoreException failure) {
        untold = true;
        stillOpen(failure);
    }

    /** Says what was not said when it happened, once the quiet time is over. */
    synchronized void stillOpen(@Nullable StoreException failure) {
        long now = nanoTime.getAsLong();
        if (!untold || now - quietUntil < 0) {
            return;
        }
        untold = false;
        quietUntil = now + QUIET_NANOS;
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
