package io.ratelimit.algorithm;

import io.ratelimit.limit.Limit;

/** Remembers when each permit was taken and forgets it one window later. Admits at most L in any window. */
final class SlidingLog extends LimitAlgorithm<LogState> {
    static final SlidingLog EXACT = new SlidingLog(Long.MAX_VALUE);
    static final SlidingLog BOUNDED = new SlidingLog(16);

    private final long slices;

    /** @param slices how many parts of a window are told apart; where there are more than ticks, each tick is */
    private SlidingLog(long slices) {
        this.slices = slices;
    }

    @Override
    LogState fresh(long at, Limit limit) {
        return LogState.EMPTY;
    }

    @Override
    long lastTime(LogState state) {
        return state.isEmpty() ? Long.MIN_VALUE / 2 : state.newest();
    }

    @Override
    LogState advance(LogState state, Limit limit, long at) {
        return state.without(at - limit.windowTicks());
    }

    @Override
    boolean admits(LogState state, Limit limit, long at, long cost) {
        return state.used() + cost <= limit.permits();
    }

    @Override
    LogState take(LogState state, Limit limit, long at, long cost) {
        return append(state, limit, at, cost);
    }

    @Override
    LogState debit(LogState state, Limit limit, long at, long cost) {
        long debt = Math.min(cost, 2 * limit.permits() - state.used());
        return debt > 0 ? append(state, limit, at, debt) : state;
    }

    @Override
    LogState credit(LogState state, Limit limit, long at, long cost, long takenAt) {
        if (takenAt <= at - limit.windowTicks()) {
            return state;
        }
        long entry = state.firstSince(takenAt);
        return slice(entry, limit) == slice(takenAt, limit) ? state.minus(entry, cost) : state;
    }

    /** The permits of one slice are one entry, which moves on to the latest of them. */
    private LogState append(LogState state, Limit limit, long at, long cost) {
        boolean sameSlice = !state.isEmpty() && slice(state.newest(), limit) == slice(at, limit);
        return sameSlice ? state.plusToNewest(at, cost) : state.plus(at, cost);
    }

    private long slice(long tick, Limit limit) {
        return Math.floorDiv(tick, Math.max(1, limit.windowTicks() / slices));
    }

    @Override
    long remaining(LogState state, Limit limit, long at) {
        return Math.max(0, limit.permits() - state.used());
    }

    @Override
    long permits(LogState state, Limit limit, long at) {
        return state.used();
    }

    @Override
    long retryAfter(LogState state, Limit limit, long at, long cost) {
        return state.timeOfPermit(state.used() + cost - limit.permits()) + limit.windowTicks() - at;
    }

    @Override
    long resetAfter(LogState state, Limit limit, long at) {
        return state.isEmpty() ? 0 : state.newest() + limit.windowTicks() - at;
    }
}
