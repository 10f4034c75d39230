package io.ratelimit.algorithm;

import io.ratelimit.limit.Limit;

/** Remembers when each permit was taken and forgets it one window later. Admits at most L in any window. */
final class SlidingLog extends LimitAlgorithm<LogState> {
    static final SlidingLog INSTANCE = new SlidingLog();

    private SlidingLog() {}

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
        return state.plus(at, cost);
    }

    @Override
    LogState debit(LogState state, Limit limit, long at, long cost) {
        long debt = Math.min(cost, 2 * limit.permits() - state.used());
        return debt > 0 ? state.plus(at, debt) : state;
    }

    @Override
    LogState credit(LogState state, Limit limit, long at, long cost, long takenAt) {
        return state.minus(takenAt, cost);
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
