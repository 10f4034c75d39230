package io.ratelimit.algorithm;

import io.ratelimit.limit.Limit;

/** Counts permits in windows that start at multiples of the window since the epoch. Admits at most 2L in any window. */
final class FixedWindow extends LimitAlgorithm<FixedWindow.State> {
    static final FixedWindow INSTANCE = new FixedWindow();

    private FixedWindow() {}

    /**
     * @param windowStart the tick at which the window began
     * @param used the permits taken in it
     */
    record State(long windowStart, long used) {}

    @Override
    State fresh(long at, Limit limit) {
        return new State(at - Math.floorMod(at, limit.windowTicks()), 0);
    }

    @Override
    long lastTime(State state) {
        return state.windowStart();
    }

    @Override
    State advance(State state, Limit limit, long at) {
        return at - state.windowStart() < limit.windowTicks() ? state : fresh(at, limit);
    }

    @Override
    boolean admits(State state, Limit limit, long at, long cost) {
        return state.used() + cost <= limit.permits();
    }

    @Override
    State take(State state, Limit limit, long at, long cost) {
        return new State(state.windowStart(), state.used() + cost);
    }

    @Override
    State debit(State state, Limit limit, long at, long cost) {
        long debt = Math.min(state.used() + cost, 2 * limit.permits());
        return new State(state.windowStart(), Math.max(state.used(), debt));
    }

    @Override
    State credit(State state, Limit limit, long at, long cost, long takenAt) {
        return takenAt < state.windowStart() ? state : new State(state.windowStart(), Math.max(0, state.used() - cost));
    }

    @Override
    long remaining(State state, Limit limit, long at) {
        return Math.max(0, limit.permits() - state.used());
    }

    @Override
    long permits(State state, Limit limit, long at) {
        return state.used();
    }

    @Override
    long retryAfter(State state, Limit limit, long at, long cost) {
        return windowEnd(state, limit) - at;
    }

    @Override
    long resetAfter(State state, Limit limit, long at) {
        return state.used() > 0 ? windowEnd(state, limit) - at : 0;
    }

    private static long windowEnd(State state, Limit limit) {
        return state.windowStart() + limit.windowTicks();
    }
}
