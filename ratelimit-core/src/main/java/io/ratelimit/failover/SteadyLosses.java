package io.ratelimit.failover;

import io.ratelimit.store.StoreException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether a store that is asked loses calls again and again: such as all those over keys that it refuses, among others that
 * it decides, so that no circuit opens.
 *
 * <p>So it is from the loss that makes as many as open a circuit, over at least the first pause of a circuit, until none has
 * followed for {@link FailoverSettings#LONGEST_PAUSE}. Safe for any number of threads.
 */
final class SteadyLosses {
    private final FailoverSettings settings;
    private final LongSupplier nanoTime;
    private final AtomicReference<@Nullable Run> run = new AtomicReference<>();

    /** Losses none of which is long after the one before it. */
    private record Run(long beganNanos, long lastNanos, int losses, StoreException last) {
        boolean goesOnAt(long now) {
            return now - lastNanos <= FailoverSettings.LONGEST_PAUSE.toNanos();
        }
    }

    SteadyLosses(FailoverSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
    }

    /** Notes that the store lost a call, and that it will be asked again nevertheless. */
    void lost(StoreException failure) {
        long now = nanoTime.getAsLong();
        run.updateAndGet(known -> known != null && known.goesOnAt(now)
                ? new Run(known.beganNanos(), now, Math.min(known.losses() + 1, settings.failureThreshold()), failure)
                : new Run(now, now, 1, failure));
    }

    /** Forgets all losses, because a circuit has taken over. */
    void forget() {
        run.set(null);
    }

    /** Returns the last loss if there are such; empty if there are none. */
    Optional<StoreException> last() {
        Run known = run.get();
        if (known == null || !known.goesOnAt(nanoTime.getAsLong()) || known.losses() < settings.failureThreshold()) {
            return Optional.empty();
        }
        long lasted = known.lastNanos() - known.beganNanos();
        return lasted >= settings.openDuration().toNanos() ? Optional.of(known.last()) : Optional.empty();
    }
}
