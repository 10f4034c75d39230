package io.ratelimit.algorithm;

import io.ratelimit.limit.Limit;

/**
 * Both buckets: the state is what was used, in permits times ticks, and drains by L every tick.
 *
 * <p>As a token bucket the free part is the tokens, and at most B + t * L / W are admitted in any t. As a leaky bucket the
 * used part is a queue, and an admitted request waits until what was queued before it has drained.
 */
final class Bucket extends LimitAlgorithm<Bucket.State> {
    static final Bucket TOKEN = new Bucket(false);
    static final Bucket LEAKY = new Bucket(true);

    private final boolean queues;

    private Bucket(boolean queues) {
        this.queues = queues;
    }

    /**
     * @param used what is used, in permits times ticks
     * @param last the tick at which that was so
     */
    record State(long used, long last) {}

    @Override
    State fresh(long at, Limit limit) {
        return new State(0, at);
    }

    @Override
    long lastTime(State state) {
        return state.last();
    }

    @Override
    State advance(State state, Limit limit, long at) {
        return new State(drained(Math.min(state.used(), cap(limit)), at - state.last(), limit), at);
    }

    @Override
    boolean admits(State state, Limit limit, long at, long cost) {
        return state.used() + cost * limit.windowTicks() <= size(limit);
    }

    @Override
    State take(State state, Limit limit, long at, long cost) {
        return new State(state.used() + cost * limit.windowTicks(), at);
    }

    @Override
    State debit(State state, Limit limit, long at, long cost) {
        return new State(Math.min(state.used() + cost * limit.windowTicks(), cap(limit)), at);
    }

    @Override
    State credit(State state, Limit limit, long at, long cost, long takenAt) {
        long unrefilled = drained(cost * limit.windowTicks(), Math.max(0, at - takenAt), limit);
        return new State(Math.max(0, state.used() - unrefilled), at);
    }

    @Override
    long remaining(State state, Limit limit, long at) {
        return Math.max(0, Math.floorDiv(size(limit) - state.used(), limit.windowTicks()));
    }

    @Override
    long permits(State state, Limit limit, long at) {
        return ceilDiv(state.used(), limit.windowTicks());
    }

    @Override
    long retryAfter(State state, Limit limit, long at, long cost) {
        return ceilDiv(state.used() + cost * limit.windowTicks() - size(limit), limit.permits());
    }

    @Override
    long resetAfter(State state, Limit limit, long at) {
        return ceilDiv(state.used(), limit.permits());
    }

    @Override
    long delay(State stateBefore, Limit limit) {
        return queues ? ceilDiv(stateBefore.used(), limit.permits()) : 0;
    }

    private static long size(Limit limit) {
        return limit.capacity() * limit.windowTicks();
    }

    /** Debt ends here: a full bucket below empty. */
    private static long cap(Limit limit) {
        return (limit.capacity() + Math.max(limit.permits(), limit.capacity())) * limit.windowTicks();
    }

    /** Returns what is left after some ticks; compares first, because a long time times L would overflow. */
    private static long drained(long used, long elapsed, Limit limit) {
        return elapsed >= ceilDiv(used, limit.permits()) ? 0 : used - elapsed * limit.permits();
    }
}
