package io.ratelimit.algorithm;

import io.ratelimit.limit.Limit;

/**
 * Counts permits in windows aligned to the epoch and adds the previous window's in proportion to its overlap with the
 * sliding one. Admits at most 2L in any window, and close to L where traffic is even.
 */
final class SlidingCounter extends LimitAlgorithm<SlidingCounter.State> {
    static final SlidingCounter INSTANCE = new SlidingCounter();

    private SlidingCounter() {}

    /**
     * @param windowStart the tick at which the current window began
     * @param current the permits taken in it
     * @param previous the permits taken in the window before
     */
    record State(long windowStart, long current, long previous) {}

    @Override
    State fresh(long at, Limit limit) {
        return new State(at - Math.floorMod(at, limit.windowTicks()), 0, 0);
    }

    @Override
    long lastTime(State state) {
        return state.windowStart();
    }

    @Override
    State advance(State state, Limit limit, long at) {
        long elapsed = at - state.windowStart();
        if (elapsed < limit.windowTicks()) {
            return state;
        }
        State next = fresh(at, limit);
        return elapsed < 2 * limit.windowTicks() ? new State(next.windowStart(), 0, state.current()) : next;
    }

    @Override
    boolean admits(State state, Limit limit, long at, long cost) {
        return weighedPrevious(state, limit, at) + (state.current() + cost) * limit.windowTicks()
                <= limit.permits() * limit.windowTicks();
    }

    @Override
    State take(State state, Limit limit, long at, long cost) {
        return new State(state.windowStart(), state.current() + cost, state.previous());
    }

    @Override
    State debit(State state, Limit limit, long at, long cost) {
        long debt = Math.min(state.current() + cost, 2 * limit.permits());
        return new State(state.windowStart(), Math.max(state.current(), debt), state.previous());
    }

    @Override
    State credit(State state, Limit limit, long at, long cost, long takenAt) {
        if (takenAt >= state.windowStart()) {
            return new State(state.windowStart(), Math.max(0, state.current() - cost), state.previous());
        }
        return takenAt >= state.windowStart() - limit.windowTicks()
                ? new State(state.windowStart(), state.current(), Math.max(0, state.previous() - cost))
                : state;
    }

    @Override
    long remaining(State state, Limit limit, long at) {
        long free = (limit.permits() - state.current()) * limit.windowTicks() - weighedPrevious(state, limit, at);
        return Math.max(0, Math.floorDiv(free, limit.windowTicks()));
    }

    @Override
    long permits(State state, Limit limit, long at) {
        return state.current() + ceilDiv(weighedPrevious(state, limit, at), limit.windowTicks());
    }

    @Override
    long retryAfter(State state, Limit limit, long at, long cost) {
        long window = limit.windowTicks();
        long free = limit.permits() - state.current() - cost;
        if (free >= 0) {
            return ceilDiv(weighedPrevious(state, limit, at) - free * window, state.previous());
        }
        long untilNext = window - (at - state.windowStart());
        return untilNext + window - (limit.permits() - cost) * window / state.current();
    }

    @Override
    long resetAfter(State state, Limit limit, long at) {
        long untilNext = limit.windowTicks() - (at - state.windowStart());
        if (state.current() > 0) {
            return untilNext + limit.windowTicks();
        }
        return state.previous() > 0 ? untilNext : 0;
    }

    private static long weighedPrevious(State state, Limit limit, long at) {
        return state.previous() * (limit.windowTicks() - (at - state.windowStart()));
    }
}
