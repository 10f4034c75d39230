package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.algorithm.LimitAlgorithm;
import io.ratelimit.algorithm.Transition;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.Verdict;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Random operations on one counter of a store, compared with the Java algorithm, whose state is kept here. */
final class RandomWalk {
    private static final Source SOURCE = new Source("redis");
    private static final long SECOND_MICROS = 1_000_000;
    private static final List<String> WINDOWS =
            List.of("1ms", "7ms", "900ms", "2s", "10s", "1m", "61s", "5m", "1h", "1d", "2d", "30d", "366d");

    private final LimitStore store;
    private final ManualTicker ticker;
    private final Random random;
    private final LimitAlgorithm<Object> arithmetic;
    private final Key key = new Key(UUID.randomUUID().toString(), "walk");
    private final List<Grant> grants = new ArrayList<>();
    private Limit limit;
    private @Nullable Object state;

    @SuppressWarnings("unchecked")
    RandomWalk(LimitStore store, ManualTicker ticker, Random random, Limit limit) {
        this.store = store;
        this.ticker = ticker;
        this.random = random;
        this.limit = limit;
        this.arithmetic = (LimitAlgorithm<Object>) LimitAlgorithm.of(limit.algorithm());
    }

    static Limit anyLimit(Algorithm algorithm, Random random) {
        Duration window = Limit.parseWindow(WINDOWS.get(random.nextInt(WINDOWS.size())));
        return anyLimit(algorithm, window, random);
    }

    /** The clock mostly goes on, sometimes stands, steps back or jumps; the limit sometimes changes. */
    void play(int steps, String description) {
        for (int step = 0; step < steps; step++) {
            moveTime();
            if (random.nextInt(20) == 0) {
                limit = anyLimit(limit.algorithm(), limit.window(), random);
            }
            compare(anyOperation(anyCost()), description + ", step " + step);
        }
    }

    /** A steady stream of small operations, this long apart at most. */
    void stream(int steps, Duration apart, String description) {
        for (int step = 0; step < steps; step++) {
            ticker.advance(Duration.ofNanos(random.nextLong(apart.toNanos())));
            compare(anyOperation(1 + random.nextInt(2)), description + ", step " + step);
        }
    }

    private void compare(Operation operation, String description) {
        Verdict expected = expected(operation);
        LimitDecision actual = TestStores.decide(store, operation).limits().get(0);
        assertThat(actual.verdict())
                .as("%s: %s under %s", description, operation, limit)
                .isEqualTo(expected);
        if (operation instanceof Operation.Acquire && actual.allowed()) {
            grants.add(new Grant(actual.demand(), actual.verdict().at(), SOURCE));
        }
    }

    private Verdict expected(Operation operation) {
        long now = limit.tickUnit().fromMicros(ticker.epochMicros());
        if (operation instanceof Operation.Acquire acquire) {
            long cost = acquire.demands().get(0).cost();
            return kept(arithmetic.acquire(state, limit, now, cost));
        }
        if (operation instanceof Operation.Peek peek) {
            return arithmetic.peek(state, limit, now, peek.demands().get(0).cost());
        }
        if (operation instanceof Operation.Charge charge) {
            long cost = charge.demands().get(0).cost();
            return kept(arithmetic.charge(state, limit, now, cost));
        }
        if (operation instanceof Operation.Refund refund) {
            Grant grant = refund.grants().get(0);
            return kept(arithmetic.refund(state, limit, now, grant.demand().cost(), grant.takenAt()));
        }
        state = null;
        return arithmetic.fresh(limit, now);
    }

    private Verdict kept(Transition<Object> transition) {
        state = transition.changed() ? transition.state() : state;
        return transition.verdict();
    }

    private Operation anyOperation(long cost) {
        Demand demand = Demand.of(key, limit, cost);
        return switch (random.nextInt(12)) {
            case 0 -> Operation.Peek.of(demand);
            case 1 -> Operation.Charge.of(demand);
            case 2, 3 -> new Operation.Refund(List.of(anyGrant(demand)));
            case 4 -> random.nextInt(60) == 0 ? new Operation.Reset(List.of(demand)) : Operation.Peek.of(demand);
            default -> Operation.Acquire.of(demand);
        };
    }

    /** Mostly one of the last that were taken, as a request that has just ended gives back. */
    private Grant anyGrant(Demand demand) {
        if (grants.isEmpty() || random.nextInt(6) == 0) {
            return new Grant(demand, Grant.NOW, SOURCE);
        }
        int age = random.nextInt(random.nextInt(4) == 0 ? grants.size() : Math.min(8, grants.size()));
        Grant grant = grants.remove(grants.size() - 1 - age);
        long cost = grant.demand().cost();
        boolean tooMuch = random.nextInt(8) == 0 && cost < Integer.MAX_VALUE;
        return new Grant(demand.withCost(tooMuch ? 3 * cost : cost), grant.takenAt(), SOURCE);
    }

    private void moveTime() {
        long window = limit.windowTicks() * limit.tickUnit().micros();
        long moved = switch (random.nextInt(14)) {
            case 0 -> -random.nextLong(window);
            case 1 -> random.nextLong(3 * window);
            case 2 -> random.nextInt(10) == 0 ? -6 * window - 2 * SECOND_MICROS : window;
            case 3 -> random.nextInt(4) == 0 ? -random.nextLong(2 * SECOND_MICROS) : 0;
            case 4, 5 -> 0;
            default -> random.nextLong(1 + window / 10);
        };
        ticker.set(Math.max(0, ticker.epochMicros() + moved));
    }

    private long anyCost() {
        return switch (random.nextInt(10)) {
            case 0 -> 1 + random.nextLong(2 * limit.capacity());
            case 1 -> Long.MAX_VALUE - random.nextInt(3);
            case 2, 3 -> 1 + random.nextLong(1 + limit.capacity() / 4);
            default -> 1;
        };
    }

    private static Limit anyLimit(Algorithm algorithm, Duration window, Random random) {
        long largest = (1L << 50) / Limit.of(1, window).windowTicks();
        long permits = switch (random.nextInt(5)) {
            case 0 -> largest;
            case 1 -> 1 + random.nextLong(largest);
            case 2 -> 1;
            default -> 1 + random.nextLong(100);
        };
        Limit any = Limit.of(permits, window).withAlgorithm(algorithm);
        // A bucket must fill within ten years, which one of up to nine windows' permits does.
        return algorithm.hasBurst() && random.nextBoolean()
                ? any.withBurst(Math.min(largest, 1 + random.nextLong(9 * permits)))
                : any;
    }
}
