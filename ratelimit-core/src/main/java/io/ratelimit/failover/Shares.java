package io.ratelimit.failover;

import io.ratelimit.limit.Limit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The part of a limit that one of several instances may spend on its own. */
final class Shares {
    private static final Logger log = LoggerFactory.getLogger(Shares.class);

    private final IntSupplier instances;
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile int lastCount;

    Shares(IntSupplier instances) {
        this.instances = instances;
    }

    Limit of(Limit limit) {
        int count = count();
        if (count == 1) {
            return limit;
        }
        Limit share = Limit.of(part(limit.permits(), count), limit.window()).withAlgorithm(limit.algorithm());
        return limit.burst().isPresent() ? withBurst(share, part(limit.burst().getAsLong(), count)) : share;
    }

    /** Returns how many instances there are, as last known; 0 if that was never known. */
    int known() {
        try {
            int count = instances.getAsInt();
            if (count > 0) {
                lastCount = count;
            }
        } catch (RuntimeException unknown) {
            log.debug("The number of instances is unknown; {} was the last known", lastCount, unknown);
        }
        return lastCount;
    }

    /** Whoever counts the instances may fail; decisions go on with what was known last. */
    private int count() {
        int known = known();
        if (known == 0 && told.compareAndSet(false, true)) {
            log.warn(
                    "Nobody has counted the instances of the application yet, so that this one takes itself for the only"
                            + " one: each of them may admit whole limits while the backend is gone. A fixed number prevents that");
        }
        return Math.max(1, known);
    }

    /** Caps the capacity further; a bucket refills as before. */
    static Limit capped(Limit limit, long capacity) {
        if (capacity >= limit.capacity()) {
            return limit;
        }
        return limit.algorithm().hasBurst()
                ? limit.withBurst(capacity)
                : Limit.of(capacity, limit.window()).withAlgorithm(limit.algorithm());
    }

    /** Rounding the permits down may leave a large burst that would take too long to fill. */
    private static Limit withBurst(Limit share, long burst) {
        try {
            return share.withBurst(burst);
        } catch (IllegalArgumentException fillsTooSlowly) {
            return share;
        }
    }

    private static long part(long whole, int count) {
        return Math.max(1, whole / count);
    }
}
