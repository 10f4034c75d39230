package io.ratelimit.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Verdict;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the algorithms promise, over random limits and random traffic. A failure names the seed that repeats it. */
class AlgorithmPropertiesTest {
    private static final int SEEDS = 300;
    private static final int STEPS = 150;

    private record Admission(long at, long cost) {}

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void neverAdmitsMoreThanItsBoundInAnyWindowAlsoWithRefunds(Algorithm algorithm) {
        for (long seed = 0; seed < SEEDS; seed++) {
            Walk walk = new Walk(algorithm, seed);
            List<Admission> admitted = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                walk.move();
                if (!admitted.isEmpty() && walk.random.nextInt(5) == 0) {
                    Admission back = admitted.remove(walk.random.nextInt(admitted.size()));
                    walk.state = walk.algorithm
                            .refund(walk.state, walk.limit, walk.now, back.cost(), back.at())
                            .state();
                    continue;
                }
                long cost = walk.cost();
                Transition<Object> taken = walk.algorithm.acquire(walk.state, walk.limit, walk.now, cost);
                if (taken.verdict().allowed()) {
                    walk.state = taken.state();
                    admitted.add(new Admission(taken.verdict().at(), cost));
                }
            }
            assertWithinBound(admitted, walk.limit, seed);
        }
    }

    private static void assertWithinBound(List<Admission> admitted, Limit limit, long seed) {
        for (int first = 0; first < admitted.size(); first++) {
            long sum = 0;
            for (int last = first; last < admitted.size(); last++) {
                sum += admitted.get(last).cost();
                long span = admitted.get(last).at() - admitted.get(first).at();
                if (!limit.algorithm().hasBurst() && span >= limit.windowTicks()) {
                    break;
                }
                assertThat(BigInteger.valueOf(sum).multiply(BigInteger.valueOf(limit.windowTicks())))
                        .as(
                                "permits times window within %d ticks under %s %s, seed %d",
                                span, limit.algorithm(), limit, seed)
                        .isLessThanOrEqualTo(bound(limit, span));
            }
        }
    }

    private static BigInteger bound(Limit limit, long span) {
        BigInteger window = BigInteger.valueOf(limit.windowTicks());
        return switch (limit.algorithm()) {
            case FIXED_WINDOW, SLIDING_COUNTER ->
                BigInteger.valueOf(2 * limit.permits()).multiply(window);
            case SLIDING_LOG -> BigInteger.valueOf(limit.permits()).multiply(window);
            case TOKEN_BUCKET, LEAKY_BUCKET ->
                BigInteger.valueOf(limit.capacity())
                        .multiply(window)
                        .add(BigInteger.valueOf(span).multiply(BigInteger.valueOf(limit.permits())));
        };
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void admitsAfterExactlyRetryAfterAndNotATickEarlier(Algorithm algorithm) {
        int denials = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Walk walk = new Walk(algorithm, seed);
            for (int step = 0; step < STEPS; step++) {
                walk.move();
                long cost = walk.cost();
                Transition<Object> taken = operate(walk, cost);
                Verdict verdict = taken.verdict();
                if (verdict.allowed()) {
                    continue;
                }
                denials++;
                if (verdict.never()) {
                    assertThat(cost).as("never, seed %d", seed).isGreaterThan(walk.limit.capacity());
                    continue;
                }
                long then = verdict.at() + verdict.retryAfter();
                assertThat(walk.algorithm
                                .peek(walk.state, walk.limit, then, cost)
                                .allowed())
                        .as("%d of %s %s after %s, seed %d", cost, algorithm, walk.limit, verdict, seed)
                        .isTrue();
                assertThat(walk.algorithm
                                .peek(walk.state, walk.limit, then - 1, cost)
                                .allowed())
                        .as("%d of %s %s a tick before %s, seed %d", cost, algorithm, walk.limit, verdict, seed)
                        .isFalse();
            }
        }
        assertThat(denials).as("denials that were looked at").isGreaterThan(SEEDS);
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void isAsGoodAsNewAfterResetAfterAndNotATickEarlier(Algorithm algorithm) {
        for (long seed = 0; seed < SEEDS; seed++) {
            Walk walk = new Walk(algorithm, seed);
            for (int step = 0; step < STEPS; step++) {
                walk.move();
                Verdict verdict = operate(walk, walk.cost()).verdict();
                long then = verdict.at() + verdict.resetAfter();
                for (long cost : new long[] {1, walk.limit.capacity(), walk.limit.capacity() + 1}) {
                    assertThat(walk.algorithm.peek(walk.state, walk.limit, then, cost))
                            .as("%d of %s %s after %s, seed %d", cost, algorithm, walk.limit, verdict, seed)
                            .isEqualTo(walk.algorithm.peek(null, walk.limit, then, cost));
                }
                if (verdict.resetAfter() > 0) {
                    Verdict early = walk.algorithm.peek(walk.state, walk.limit, then - 1, 1);
                    assertThat(early.resetAfter())
                            .as("a tick before %s, seed %d", verdict, seed)
                            .isEqualTo(1);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void leavesAStateAsItWasWhateverIsMadeOfIt(Algorithm algorithm) {
        for (long seed = 0; seed < SEEDS; seed++) {
            Walk walk = new Walk(algorithm, seed);
            for (int step = 0; step < STEPS; step++) {
                Object before = walk.state;
                long at = walk.now;
                long cost = walk.cost();
                Verdict seen = walk.algorithm.peek(before, walk.limit, at, cost);
                for (int fork = 0; fork < 3; fork++) {
                    walk.state = before;
                    walk.now = at;
                    walk.move();
                    operate(walk, walk.cost());
                }
                assertThat(walk.algorithm.peek(before, walk.limit, at, cost))
                        .as("the same state at the same time under %s %s, seed %d", algorithm, walk.limit, seed)
                        .isEqualTo(seen);
                assertThat(seen.allowed())
                        .as("peek tells what acquire does, seed %d", seed)
                        .isEqualTo(walk.algorithm
                                .acquire(before, walk.limit, at, cost)
                                .verdict()
                                .allowed());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void tellsWhatAFreshCounterIsToBeChargedToBeAsFull(Algorithm algorithm) {
        int beyondCapacity = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Walk walk = new Walk(algorithm, seed);
            for (int step = 0; step < STEPS; step++) {
                walk.move();
                Verdict verdict = operate(walk, walk.cost()).verdict();
                long used = walk.algorithm.used(walk.state, walk.limit, walk.now);
                assertThat(Math.max(0, walk.limit.capacity() - used))
                        .as("%s %s after %s, seed %d", algorithm, walk.limit, verdict, seed)
                        .isEqualTo(verdict.remaining());
                long most = walk.limit.capacity() + Math.max(walk.limit.permits(), walk.limit.capacity());
                if (used > 0) {
                    Object charged = walk.algorithm
                            .charge(null, walk.limit, walk.now, used)
                            .state();
                    assertThat(walk.algorithm.used(charged, walk.limit, walk.now))
                            .as("%d of %s %s, seed %d", used, algorithm, walk.limit, seed)
                            .isEqualTo(Math.min(used, most));
                }
                beyondCapacity += used > walk.limit.capacity() ? 1 : 0;
            }
        }
        assertThat(beyondCapacity).as("states beyond the capacity").isPositive();
    }

    /** Mostly acquires, sometimes charges or gives back, and keeps the state. */
    private static Transition<Object> operate(Walk walk, long cost) {
        Transition<Object> done = switch (walk.random.nextInt(10)) {
            case 0 -> walk.algorithm.charge(walk.state, walk.limit, walk.now, cost);
            case 1 ->
                walk.algorithm.refund(
                        walk.state,
                        walk.limit,
                        walk.now,
                        cost,
                        walk.now - walk.random.nextLong(walk.limit.windowTicks()));
            default -> walk.algorithm.acquire(walk.state, walk.limit, walk.now, cost);
        };
        walk.state = done.state();
        return done;
    }
}
