package io.ratelimit.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A log of bounded size beside the exact one, over random traffic. A failure names the seed that repeats it. */
class BoundedLogTest {
    private record Taken(long at, long cost) {}

    @SuppressWarnings("unchecked")
    private final LimitAlgorithm<Object> bounded =
            (LimitAlgorithm<Object>) LimitAlgorithm.bounded(Algorithm.SLIDING_LOG);

    @Test
    void countsNoLessThanTheExactOneAndNothingMoreThanASixteenthLonger() {
        for (long seed = 0; seed < 1_000; seed++) {
            Walk walk = new Walk(Algorithm.SLIDING_LOG, seed);
            Limit limit = walk.limit;
            long late = limit.windowTicks() + limit.windowTicks() / 16;
            @Nullable Object state = null;
            List<Taken> taken = new ArrayList<>();
            for (int step = 0; step < 150; step++) {
                walk.move();
                if (!taken.isEmpty() && walk.random.nextInt(5) == 0) {
                    Taken back = taken.get(walk.random.nextInt(taken.size()));
                    if (back.at() <= walk.now - limit.windowTicks()) {
                        continue;
                    }
                    taken.remove(back);
                    walk.state = walk.algorithm
                            .refund(walk.state, limit, walk.now, back.cost(), back.at())
                            .state();
                    state = bounded.refund(state, limit, walk.now, back.cost(), back.at())
                            .state();
                } else {
                    long cost = walk.cost();
                    Transition<Object> transition = bounded.acquire(state, limit, walk.now, cost);
                    state = transition.state();
                    Verdict verdict = transition.verdict();
                    if (verdict.allowed()) {
                        walk.state = walk.algorithm
                                .charge(walk.state, limit, walk.now, cost)
                                .state();
                        taken.add(new Taken(verdict.at(), cost));
                    } else if (!verdict.never()) {
                        assertThat(bounded.peek(state, limit, walk.now + verdict.retryAfter(), cost)
                                        .allowed())
                                .as("after the wait that %s tells, seed %d", verdict, seed)
                                .isTrue();
                    }
                }
                long now = walk.now;
                long couldCount = taken.stream()
                        .filter(some -> some.at() > now - late)
                        .mapToLong(Taken::cost)
                        .sum();
                assertThat(bounded.used(state, limit, now))
                        .as("used of %s, seed %d, step %d", limit, seed, step)
                        .isGreaterThanOrEqualTo(walk.algorithm.used(walk.state, limit, now))
                        .isLessThanOrEqualTo(couldCount);
            }
        }
    }
}
