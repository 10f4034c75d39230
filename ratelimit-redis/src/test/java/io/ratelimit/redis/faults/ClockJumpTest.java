package io.ratelimit.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.redis.RedisLimitStore;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The clock of Redis is set forwards or backwards. */
class ClockJumpTest {
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final Duration LONGEST_LOCK_OUT = WINDOW.multipliedBy(5);
    private static final Duration STEP = Duration.ofSeconds(5);
    private static final long PERMITS = 10;

    static Stream<Arguments> jumps() {
        return Arrays.stream(Algorithm.values())
                .flatMap(algorithm -> Stream.of(
                                Duration.ofHours(-1),
                                Duration.ofHours(1),
                                Duration.ofSeconds(-200),
                                Duration.ofSeconds(-1))
                        .map(jump -> Arguments.of(algorithm, jump)));
    }

    @ParameterizedTest
    @MethodSource("jumps")
    void givesAtMostOneMoreBurstAndLocksOutForFiveWindowsAtMost(Algorithm algorithm, Duration jump) {
        ManualTicker clock = new ManualTicker(1_700_000_000_000_000L);
        Limit limit = Limit.of(PERMITS, WINDOW).withAlgorithm(algorithm);
        Demand demand = Demand.of(new Key(UUID.randomUUID().toString(), "clock:" + limit.counterName()), limit, 1);
        RedisFixture redis = RedisFixture.shared();
        try (LimitStore store = RedisLimitStore.builder(redis.uri())
                .namespace(redis.newNamespace())
                .timeout(Duration.ofSeconds(10))
                .ticker(clock)
                .build()) {
            assertThat(burst(store, demand)).isEqualTo(PERMITS);
            clock.advance(jump);
            assertThat(burst(store, demand)).as("at the jump").isLessThanOrEqualTo(PERMITS);

            Duration lockedOut = Duration.ZERO;
            while (burst(store, demand) == 0 && lockedOut.compareTo(LONGEST_LOCK_OUT.multipliedBy(3)) < 0) {
                clock.advance(STEP);
                lockedOut = lockedOut.plus(STEP);
            }
            assertThat(lockedOut).as("locked out").isLessThanOrEqualTo(LONGEST_LOCK_OUT);
        }
    }

    /** Takes all that is there, and returns how much that was. */
    private static long burst(LimitStore store, Demand demand) {
        for (long admitted = 0; ; admitted++) {
            Decision decision = store.execute(Operation.Acquire.of(demand))
                    .toCompletableFuture()
                    .join();
            assertThat(decision.remaining()).isNotNegative();
            assertThat(decision.resetAfter()).isGreaterThanOrEqualTo(Duration.ZERO);
            if (!decision.allowed()) {
                assertThat(decision.retryAfter()).isPresent();
                return admitted;
            }
        }
    }
}
