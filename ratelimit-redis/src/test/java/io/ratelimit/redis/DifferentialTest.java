package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random operations get the same figures from the script as from the Java algorithms. A failure names the seed, which the
 * system property {@code ratelimit.test.seed} repeats; {@code ratelimit.test.walks} asks for more than a build has time for.
 */
class DifferentialTest {
    private static final int WALKS = Integer.getInteger("ratelimit.test.walks", 25);
    private static final int STEPS = 120;
    private static final long START_MICROS = 1_700_000_000_000_000L;
    private static final Source SOURCE = new Source("redis");

    private final long seed = Long.getLong("ratelimit.test.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final ManualTicker ticker = new ManualTicker(START_MICROS);
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
            ticker.set(START_MICROS + random.nextLong(START_MICROS));
            new RandomWalk(redis, ticker, random, RandomWalk.anyLimit(algorithm, random))
                    .play(STEPS, "seed %d, walk %d".formatted(seed, walk));
        }
    }

    /** Long enough for the ring of a log to grow, to turn several times, and to shrink. */
    @ParameterizedTest
    @CsvSource({"40, 1m", "130, 1m", "130, 5m", "700, 1h"})
    void agreesOnLongLogs(int permits, String window) {
        Limit limit = Limit.parse(permits + "/" + window, Algorithm.SLIDING_LOG);
        Duration apart = limit.window().multipliedBy(2).dividedBy(permits);
        RandomWalk walk = new RandomWalk(redis, ticker, random, limit);
        for (int round = 0; round < 2; round++) {
            walk.stream(6 * permits, apart, "seed %d, busy round %d".formatted(seed, round));
            walk.stream(50, apart.multipliedBy(8), "seed %d, calm round %d".formatted(seed, round));
        }
    }

    @Test
    void agreesWithTheMemoryStoreOnSeveralOperationsOverSeveralCounters() {
        LimitStore memory = MemoryStore.of(ticker, 100_000, SOURCE);
        List<Demand> counters = counters();
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

    private List<Demand> counters() {
        List<Demand> counters = new ArrayList<>();
        for (Algorithm algorithm : Algorithm.values()) {
            for (int i = 0; i < 3; i++) {
                Limit limit = Limit.parse((1 + random.nextInt(20)) + "/10s", algorithm);
                counters.add(Demand.of(new Key("owner-" + UUID.randomUUID(), "c" + i), limit, 1));
            }
        }
        return counters;
    }

    private Operation anyOperation(List<Demand> counters) {
        List<Demand> some = some(counters, 4);
        return switch (random.nextInt(8)) {
            case 0 -> new Operation.Peek(some, some(counters, 2));
            case 1 -> new Operation.Charge(some);
            case 2 ->
                new Operation.Refund(some.stream()
                        .map(demand -> new Grant(demand, takenAt(demand.limit()), SOURCE))
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
}
