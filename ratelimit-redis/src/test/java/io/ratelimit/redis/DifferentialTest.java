package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.algorithm.LimitAlgorithm;
import io.ratelimit.algorithm.Transition;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.Verdict;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random operations get the same figures from the script as from the Java algorithms. */
class DifferentialTest {
    private static final int WALKS = 25;
    private static final int STEPS = 120;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final ManualTicker ticker = new ManualTicker(1_700_000_000_000_000L);
    private final LimitStore redis = TestStores.at(RedisFixture.shared())
            .timeout(TestStores.PATIENT)
            .ticker(ticker)
            .build();

    @AfterEach
    void close() {
        redis.close();
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void agreesOnOneCounterWhateverTheClockDoes(Algorithm algorithm) {
        for (int walk = 0; walk < WALKS; walk++) {
            new Walk(anyLimit(algorithm, anyWindow())).play("seed %d, %s, walk %d".formatted(seed, algorithm, walk));
        }
    }

    @Test
    void agreesOnALogOfThousandsOfEntries() {
        Limit limit = Limit.parse("3000/1m", Algorithm.SLIDING_LOG);
        Walk walk = new Walk(limit);
        walk.fill(4_000, Duration.ofMillis(11));
        for (int step = 0; step < 600; step++) {
            walk.step(walk.anyOperation(), "seed %d, long log, step %d".formatted(seed, step));
        }
        walk.fill(2_500, Duration.ofMillis(31));
        ticker.advance(Duration.ofSeconds(59));
        for (int step = 0; step < 200; step++) {
            walk.step(walk.anyOperation(), "seed %d, shrinking log, step %d".formatted(seed, step));
        }
    }

    @Test
    void agreesWithTheMemoryStoreOnSeveralOperationsOverSeveralCounters() {
        LimitStore memory = MemoryStore.of(ticker, 100_000, new Source("redis"));
        List<Demand> counters = new ArrayList<>();
        for (Algorithm algorithm : Algorithm.values()) {
            for (int i = 0; i < 3; i++) {
                Limit limit = Limit.parse((1 + random.nextInt(20)) + "/10s", algorithm);
                counters.add(Demand.of(new Key("owner-" + UUID.randomUUID(), "c" + i), limit, 1));
            }
        }
        for (int step = 0; step < 800; step++) {
            ticker.advance(Duration.ofNanos(random.nextLong(1_500_000_000L)));
            List<Operation> operations = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                operations.add(anyOperation(counters));
            }
            List<Decision> expected =
                    memory.executeAll(operations).toCompletableFuture().join();
            List<Decision> actual =
                    redis.executeAll(operations).toCompletableFuture().join();
            for (int i = 0; i < operations.size(); i++) {
                String description = "seed %d, step %d, %s".formatted(seed, step, operations.get(i));
                assertThat(actual.get(i).limits())
                        .as(description)
                        .isEqualTo(expected.get(i).limits());
                assertThat(actual.get(i).shadow())
                        .as(description)
                        .isEqualTo(expected.get(i).shadow());
            }
        }
    }

    private Operation anyOperation(List<Demand> counters) {
        List<Demand> some = some(counters, 4);
        return switch (random.nextInt(8)) {
            case 0 -> new Operation.Peek(some, some(counters, 2));
            case 1 -> new Operation.Charge(some);
            case 2 ->
                new Operation.Refund(some.stream()
                        .map(demand -> new Grant(demand, takenAt(demand.limit()), new Source("redis")))
                        .toList());
            case 3 -> random.nextInt(4) == 0 ? new Operation.Reset(some) : new Operation.Acquire(some, List.of());
            default -> new Operation.Acquire(some, random.nextBoolean() ? some(counters, 3) : List.of());
        };
    }

    private List<Demand> some(List<Demand> counters, int most) {
        List<Demand> some = new ArrayList<>();
        for (int i = random.nextInt(most); i >= 0; i--) {
            some.add(counters.get(random.nextInt(counters.size())).withCost(1 + random.nextInt(4)));
        }
        return some;
    }

    private long takenAt(Limit limit) {
        return limit.tickUnit().fromMicros(ticker.epochMicros() - random.nextLong(12_000_000));
    }

    /** Operations on one counter, whose state the Java side keeps here. */
    private final class Walk {
        private final Algorithm algorithm;
        private final Key key = new Key(UUID.randomUUID().toString(), "walk");
        private final List<Grant> grants = new ArrayList<>();
        private Limit limit;
        private @Nullable Object state;

        Walk(Limit limit) {
            this.algorithm = limit.algorithm();
            this.limit = limit;
        }

        void play(String description) {
            for (int step = 0; step < STEPS; step++) {
                moveTime();
                if (random.nextInt(20) == 0) {
                    limit = anyLimit(algorithm, limit.window());
                }
                step(anyOperation(), description + ", step " + step);
            }
        }

        /** Takes a permit at a time, many to a call. */
        void fill(int times, Duration between) {
            for (int i = 0; i < times; i++) {
                ticker.advance(between);
                step(Operation.Acquire.of(Demand.of(key, limit, 1)), "seed %d, fill %d".formatted(seed, i));
            }
        }

        void step(Operation operation, String description) {
            Verdict expected = expected(operation);
            LimitDecision actual = TestStores.decide(redis, operation).limits().get(0);
            assertThat(actual.verdict())
                    .as("%s: %s under %s", description, operation, limit)
                    .isEqualTo(expected);
            if (operation instanceof Operation.Acquire && actual.allowed()) {
                grants.add(new Grant(actual.demand(), actual.verdict().at(), new Source("redis")));
            }
        }

        Operation anyOperation() {
            Demand demand = Demand.of(key, limit, anyCost());
            return switch (random.nextInt(12)) {
                case 0 -> Operation.Peek.of(demand);
                case 1 -> Operation.Charge.of(demand);
                case 2, 3 -> new Operation.Refund(List.of(anyGrant(demand)));
                case 4 -> random.nextInt(6) == 0 ? new Operation.Reset(List.of(demand)) : Operation.Peek.of(demand);
                default -> Operation.Acquire.of(demand);
            };
        }

        private Grant anyGrant(Demand demand) {
            if (grants.isEmpty() || random.nextInt(6) == 0) {
                return new Grant(demand, Grant.NOW, new Source("redis"));
            }
            int newest = Math.max(0, grants.size() - 1 - random.nextInt(8));
            Grant grant = grants.remove(newest);
            return new Grant(demand.withCost(grant.demand().cost()), grant.takenAt(), grant.source());
        }

        @SuppressWarnings("unchecked")
        private Verdict expected(Operation operation) {
            LimitAlgorithm<Object> arithmetic = (LimitAlgorithm<Object>) LimitAlgorithm.of(algorithm);
            long now = limit.tickUnit().fromMicros(ticker.epochMicros());
            if (operation instanceof Operation.Peek peek) {
                return arithmetic.peek(state, limit, now, peek.demands().get(0).cost());
            }
            if (operation instanceof Operation.Reset) {
                state = null;
                return arithmetic.fresh(limit, now);
            }
            Transition<Object> transition;
            if (operation instanceof Operation.Acquire acquire) {
                transition = arithmetic.acquire(
                        state, limit, now, acquire.demands().get(0).cost());
            } else if (operation instanceof Operation.Charge charge) {
                transition = arithmetic.charge(
                        state, limit, now, charge.demands().get(0).cost());
            } else {
                Grant grant = ((Operation.Refund) operation).grants().get(0);
                transition = arithmetic.refund(state, limit, now, grant.demand().cost(), grant.takenAt());
            }
            state = transition.changed() ? transition.state() : state;
            return transition.verdict();
        }

        private void moveTime() {
            long window = limit.windowTicks() * limit.tickUnit().micros();
            long moved = switch (random.nextInt(12)) {
                case 0 -> -random.nextLong(window);
                case 1 -> random.nextLong(3 * window);
                case 2 -> random.nextInt(10) == 0 ? -6 * window - 2_000_000 : window;
                case 3, 4 -> 0;
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
    }

    private Duration anyWindow() {
        String[] windows = {"1ms", "7ms", "900ms", "2s", "10s", "1m", "61s", "5m", "1h", "1d", "2d", "30d", "366d"};
        return Limit.parseWindow(windows[random.nextInt(windows.length)]);
    }

    private Limit anyLimit(Algorithm algorithm, Duration window) {
        long largest = (1L << 50) / Limit.of(1, window).windowTicks();
        long permits = switch (random.nextInt(5)) {
            case 0 -> largest;
            case 1 -> 1 + random.nextLong(largest);
            case 2 -> 1;
            default -> 1 + random.nextLong(100);
        };
        Limit any = Limit.of(permits, window).withAlgorithm(algorithm);
        // A bucket must fill within ten years, which a burst of up to nine windows' permits does.
        return algorithm.hasBurst() && random.nextBoolean()
                ? any.withBurst(Math.min(largest, 1 + random.nextLong(9 * permits)))
                : any;
    }
}
