package io.ratelimit.algorithm;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of one algorithm: pure functions from a state, a limit, an instant and a cost to a new state and a
 * verdict.
 *
 * <p>All figures are whole numbers of permits and of ticks (see {@link Limit#tickUnit()}). Products stay below 2^53 for
 * every limit that {@link Limit} accepts, so that a Lua script computes the same. States are immutable and hold what was
 * used; {@code null} is the state of a counter that nobody has used. Instances have no state and are safe for any number
 * of threads.
 *
 * @param <S> the state
 */
public abstract sealed class LimitAlgorithm<S> permits FixedWindow, SlidingLog, SlidingCounter, Bucket {
    /** A state may be this many windows ahead before it counts as the work of a wrong clock. */
    private static final int WINDOWS_AHEAD = 4;

    private static final long SECOND_MICROS = 1_000_000;

    LimitAlgorithm() {}

    /** Returns the arithmetic of an algorithm. */
    public static LimitAlgorithm<?> of(Algorithm algorithm) {
        return switch (algorithm) {
            case FIXED_WINDOW -> FixedWindow.INSTANCE;
            case SLIDING_LOG -> SlidingLog.EXACT;
            case SLIDING_COUNTER -> SlidingCounter.INSTANCE;
            case TOKEN_BUCKET -> Bucket.TOKEN;
            case LEAKY_BUCKET -> Bucket.LEAKY;
        };
    }

    /**
     * Takes the cost if it is there, otherwise changes nothing.
     *
     * @param now the instant in ticks of the limit
     * @param cost the permits, from 1
     */
    public final Transition<S> acquire(@Nullable S state, Limit limit, long now, long cost) {
        long at = guard(state, limit, now);
        S current = bringTo(state, limit, now, at);
        long cut = cut(cost, limit);
        if (!admits(current, limit, at, cut)) {
            return Transition.unchanged(state, denial(current, limit, at, cost, cut));
        }
        S taken = take(current, limit, at, cut);
        return Transition.to(
                taken,
                new Verdict(
                        true, remaining(taken, limit, at), 0, resetAfter(taken, limit, at), delay(current, limit), at));
    }

    /** Answers as {@link #acquire} would; remaining and reset describe the state as it is. */
    public final Verdict peek(@Nullable S state, Limit limit, long now, long cost) {
        long at = guard(state, limit, now);
        S current = bringTo(state, limit, now, at);
        long cut = cut(cost, limit);
        if (!admits(current, limit, at, cut)) {
            return denial(current, limit, at, cost, cut);
        }
        return new Verdict(
                true, remaining(current, limit, at), 0, resetAfter(current, limit, at), delay(current, limit), at);
    }

    /** Takes the cost in any case; the debt is bounded. */
    public final Transition<S> charge(@Nullable S state, Limit limit, long now, long cost) {
        long at = guard(state, limit, now);
        S charged = debit(bringTo(state, limit, now, at), limit, at, cut(cost, limit));
        return Transition.to(charged, report(charged, limit, at));
    }

    /**
     * Gives back a cost, as far as it has neither left the window nor refilled since.
     *
     * @param takenAt when it was taken, in ticks of the limit: the {@link Verdict#at()} of the acquisition, or {@link
     *     Grant#NOW}
     */
    public final Transition<S> refund(@Nullable S state, Limit limit, long now, long cost, long takenAt) {
        long at = guard(state, limit, now);
        S credited = credit(
                bringTo(state, limit, now, at), limit, at, cut(cost, limit), takenAt == Grant.NOW ? at : takenAt);
        return Transition.to(credited, report(credited, limit, at));
    }

    /**
     * Returns the permits that are used, from 0, also those beyond the capacity; begun ones count whole. Who charges a fresh
     * counter with them has one that is as full.
     *
     * @param now the instant in ticks of the limit
     */
    public final long used(@Nullable S state, Limit limit, long now) {
        long at = guard(state, limit, now);
        return permits(bringTo(state, limit, now, at), limit, at);
    }

    /** Returns what a counter that nobody has used says. */
    public final Verdict fresh(Limit limit, long now) {
        return report(fresh(now, limit), limit, now);
    }

    /**
     * Returns the arithmetic of an algorithm with a state of bounded size: a sliding log tells only sixteenths of its window
     * apart and keeps each permit as long as the last of its sixteenth, so that it admits no more than the exact one and may
     * make a request wait a sixteenth of the window longer.
     */
    public static LimitAlgorithm<?> bounded(Algorithm algorithm) {
        return algorithm == Algorithm.SLIDING_LOG ? SlidingLog.BOUNDED : of(algorithm);
    }

    abstract S fresh(long at, Limit limit);

    /** Returns the last instant the state has seen, in ticks. */
    abstract long lastTime(S state);

    /** Returns the state at a later instant: windows passed, permits refilled. */
    abstract S advance(S state, Limit limit, long at);

    abstract boolean admits(S state, Limit limit, long at, long cost);

    abstract S take(S state, Limit limit, long at, long cost);

    abstract S debit(S state, Limit limit, long at, long cost);

    abstract S credit(S state, Limit limit, long at, long cost, long takenAt);

    abstract long remaining(S state, Limit limit, long at);

    /** Returns the permits that are used, rounded up. */
    abstract long permits(S state, Limit limit, long at);

    /** Returns the wait of a cost that is within the capacity and not admitted now. */
    abstract long retryAfter(S state, Limit limit, long at, long cost);

    abstract long resetAfter(S state, Limit limit, long at);

    long delay(S stateBefore, Limit limit) {
        return 0;
    }

    static long ceilDiv(long dividend, long divisor) {
        return -Math.floorDiv(-dividend, divisor);
    }

    private Verdict denial(S current, Limit limit, long at, long cost, long cut) {
        long retryAfter = cost > limit.capacity() ? Verdict.NEVER : retryAfter(current, limit, at, cut);
        return new Verdict(false, remaining(current, limit, at), retryAfter, resetAfter(current, limit, at), 0, at);
    }

    private Verdict report(S state, Limit limit, long at) {
        return new Verdict(true, remaining(state, limit, at), 0, resetAfter(state, limit, at), 0, at);
    }

    /** No state sees time run backwards, but one that is far ahead comes from a wrong clock and counts for nothing. */
    private long guard(@Nullable S state, Limit limit, long now) {
        return state == null || isFarAhead(state, limit, now) ? now : Math.max(now, lastTime(state));
    }

    private S bringTo(@Nullable S state, Limit limit, long now, long at) {
        return state == null || isFarAhead(state, limit, now) ? fresh(at, limit) : advance(state, limit, at);
    }

    private boolean isFarAhead(S state, Limit limit, long now) {
        long second = SECOND_MICROS / limit.tickUnit().micros();
        return lastTime(state) - now > Math.max(WINDOWS_AHEAD * limit.windowTicks(), second);
    }

    /** A larger cost changes no answer, and this one cannot overflow. */
    private static long cut(long cost, Limit limit) {
        return Math.min(cost, 2 * Math.max(limit.permits(), limit.capacity()));
    }
}
