package io.ratelimit.limit;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The answer of one limit within a {@link Decision}.
 *
 * @param demand what was asked
 * @param verdict the answer in ticks
 * @param source what gave the answer
 */
public record LimitDecision(Demand demand, Verdict verdict, Source source) {
    /** Checks that all parts are there. */
    public LimitDecision {
        Objects.requireNonNull(demand, "demand");
        Objects.requireNonNull(verdict, "verdict");
        Objects.requireNonNull(source, "source");
    }

    /**
     * Returns what a demand's failure policy says without counting: a denial that asks to come back in a second if it is
     * {@link FailurePolicy#DENY}, otherwise an admission.
     *
     * @param epochMicros the instant of the decision, in microseconds since the epoch
     */
    public static LimitDecision byPolicy(Demand demand, long epochMicros) {
        if (demand.onFailure() != FailurePolicy.DENY) {
            return admittedByPolicy(demand, epochMicros);
        }
        TickUnit unit = demand.limit().tickUnit();
        long retryAfter = Math.max(1, TimeUnit.SECONDS.toMicros(1) / unit.micros());
        return new LimitDecision(
                demand, new Verdict(false, 0, retryAfter, 0, 0, unit.fromMicros(epochMicros)), Source.FAILURE_POLICY);
    }

    /**
     * Returns that a demand is admitted without counting, whatever its policy.
     *
     * @param epochMicros the instant of the decision, in microseconds since the epoch
     */
    public static LimitDecision admittedByPolicy(Demand demand, long epochMicros) {
        Limit limit = demand.limit();
        return new LimitDecision(
                demand,
                new Verdict(true, limit.capacity(), 0, 0, 0, limit.tickUnit().fromMicros(epochMicros)),
                Source.FAILURE_POLICY);
    }

    /** Returns whether this limit alone would admit the request. */
    public boolean allowed() {
        return verdict.allowed();
    }

    /** Returns what an acquisition that was allowed took, to be given back to where it came from; empty if nothing was counted. */
    public Optional<Grant> grant() {
        return source.counts() ? Optional.of(new Grant(demand, verdict.at(), source)) : Optional.empty();
    }

    /** Returns the answer to a request that another limit denies, so that it does not wait for its turn. */
    public LimitDecision withoutDelay() {
        return verdict.delay() == 0
                ? this
                : new LimitDecision(
                        demand,
                        new Verdict(
                                verdict.allowed(),
                                verdict.remaining(),
                                verdict.retryAfter(),
                                verdict.resetAfter(),
                                0,
                                verdict.at()),
                        source);
    }

    /** Returns the limit that was asked. */
    public Limit limit() {
        return demand.limit();
    }

    /** Returns the whole permits left, from 0. */
    public long remaining() {
        return verdict.remaining();
    }

    /** Returns how long to wait before the same demand is admitted: zero if allowed, empty if no waiting helps. */
    public Optional<Duration> retryAfter() {
        return verdict.never() ? Optional.empty() : Optional.of(duration(verdict.retryAfter()));
    }

    /** Returns how long until the counter is as good as new. */
    public Duration resetAfter() {
        return duration(verdict.resetAfter());
    }

    /** Returns how long this limit makes an admitted request wait. */
    public Duration delay() {
        return duration(verdict.delay());
    }

    /** Returns the instant at which the counter is as good as new, in whole seconds since the epoch, rounded up. */
    public long resetEpochSeconds() {
        long micros = (verdict.at() + verdict.resetAfter()) * limit().tickUnit().micros();
        return Math.floorDiv(micros + TimeUnit.SECONDS.toMicros(1) - 1, TimeUnit.SECONDS.toMicros(1));
    }

    long retryAfterMicros() {
        return verdict.never()
                ? Verdict.NEVER
                : verdict.retryAfter() * limit().tickUnit().micros();
    }

    /** Compares remaining / capacity of two limits exactly: the products have up to 100 bits. */
    boolean isTighterThan(LimitDecision other) {
        long left = other.limit().capacity();
        long right = limit().capacity();
        int high = Long.compare(Math.multiplyHigh(remaining(), left), Math.multiplyHigh(other.remaining(), right));
        return high != 0 ? high < 0 : Long.compareUnsigned(remaining() * left, other.remaining() * right) < 0;
    }

    private Duration duration(long ticks) {
        return limit().tickUnit().toDuration(ticks);
    }
}
