package io.ratelimit;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.InvalidValueException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Permits taken as an estimate, to be settled to the real cost once it is known.
 *
 * <p>Only the first of {@link #settle}, {@link #close} and the timeout has an effect. Safe for any number of threads.
 *
 * <pre>{@code
 * try (Reservation reservation = limiter.reserve(tenant, 2_000, Duration.ofMinutes(1)).orElseThrow()) {
 *     Answer answer = model.ask(question);
 *     reservation.settle(answer.tokens());
 * } // an exception before that gives the estimate back
 * }</pre>
 */
public final class Reservation implements AutoCloseable {
    static final Duration LONGEST = Duration.ofDays(1);

    private static final Logger log = LoggerFactory.getLogger(Reservation.class);

    private final RateLimiter owner;
    private final RuleLimiter limiter;
    private final String key;
    private final long estimate;
    private final Decision taken;
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final Runnable callOff;

    Reservation(
            RateLimiter owner,
            RuleLimiter limiter,
            String key,
            long estimate,
            Decision taken,
            Duration timeout,
            Timeouts timeouts) {
        this.owner = owner;
        this.limiter = limiter;
        this.key = key;
        this.estimate = estimate;
        this.taken = taken;
        this.callOff = timeouts.schedule(timeout, this::expire);
    }

    /** Returns the decision that took the estimate. */
    public Decision decision() {
        return taken;
    }

    /**
     * Settles to the real cost: gives back what was estimated too much, or charges what was too little, for which the
     * counters may go past their limits.
     *
     * @param cost the real cost in permits, from 0
     * @return whether it was settled now; false if it was settled, closed or given back before
     */
    public boolean settle(long cost) {
        if (cost < 0) {
            throw new InvalidValueException("cost", cost, "a whole number from 0, such as 1200");
        }
        if (!end()) {
            return false;
        }
        if (cost < estimate) {
            giveBack(estimate - cost);
        } else if (cost > estimate) {
            Decision charged = owner.charge(key, cost - estimate);
            log.trace("Charged beyond the estimate: {}", charged);
        }
        return true;
    }

    /** Gives the whole estimate back, unless it is settled. */
    @Override
    public void close() {
        if (end()) {
            giveBack(estimate);
        }
    }

    private boolean end() {
        boolean first = open.compareAndSet(true, false);
        if (first) {
            callOff.run();
        }
        return first;
    }

    private void expire() {
        if (open.compareAndSet(true, false)) {
            limiter.refund(grants(estimate)).whenComplete((done, failure) -> {
                if (failure != null) {
                    log.debug("An expired reservation could not be given back", failure);
                }
            });
        }
    }

    private void giveBack(long permits) {
        RateLimiter.await(limiter.refund(grants(permits)));
    }

    private List<Grant> grants(long permits) {
        return taken.grants().stream().map(grant -> grant.part(permits)).toList();
    }
}
