package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.api.sync.RedisCommands;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What somebody else wrote into a key, or a wrong clock, counts as fresh and is written over. */
class CorruptionTest {
    private static final String CLEAN = "5/1m";

    private final RedisFixture redis = RedisFixture.shared();
    private final String namespace = redis.newNamespace();
    private final LimitStore store = TestStores.at(redis)
            .namespace(namespace)
            .timeout(TestStores.PATIENT)
            .build();

    @AfterEach
    void close() {
        store.close();
    }

    private interface Damage {
        void inflict(RedisCommands<String, String> commands, String key);
    }

    private static Map<String, Damage> damages() {
        Map<String, Damage> damages = new LinkedHashMap<>();
        damages.put("empty", (commands, key) -> commands.set(key, ""));
        damages.put("one byte", (commands, key) -> commands.set(key, "x"));
        damages.put("text", (commands, key) -> commands.set(key, "not a counter"));
        damages.put("a number", (commands, key) -> commands.set(key, "42"));
        damages.put("a negative number", (commands, key) -> commands.set(key, "-9223372036854775808"));
        damages.put("a page of text", (commands, key) -> commands.set(key, "<html>".repeat(500)));
        damages.put("nothing but zeros", (commands, key) -> commands.setrange(key, 40, "\0"));
        damages.put("a far future", (commands, key) -> commands.set(key, "\u007f".repeat(31)));
        damages.put("a megabyte", (commands, key) -> commands.setrange(key, 1_000_000, "x"));
        damages.put("a list", (commands, key) -> commands.lpush(key, "1", "2"));
        damages.put("a hash", (commands, key) -> commands.hset(key, "tokens", "0"));
        damages.put("a set", (commands, key) -> commands.sadd(key, "x"));
        damages.put("a sorted set", (commands, key) -> commands.zadd(key, 1, "x"));
        damages.put("a stream", (commands, key) -> commands.xadd(key, Map.of("a", "b")));
        return damages;
    }

    static Stream<Arguments> damagedCounters() {
        return damages().keySet().stream()
                .flatMap(damage -> Stream.of(Algorithm.values()).map(algorithm -> Arguments.of(damage, algorithm)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("damagedCounters")
    void countsAsFreshAndIsWrittenOver(String damage, Algorithm algorithm) {
        Demand demand = TestStores.demand(CLEAN, algorithm);
        damages().get(damage).inflict(redis.commands(), keyOf(demand));

        assertThat(TestStores.decide(store, Operation.Peek.of(demand)).remaining())
                .isEqualTo(5);
        Decision first = TestStores.acquire(store, demand);
        Decision rest = TestStores.decide(store, Operation.Acquire.of(demand.withCost(4)));

        assertThat(first.allowed()).isTrue();
        assertThat(first.remaining()).isEqualTo(4);
        assertThat(rest.allowed()).isTrue();
        assertThat(redis.commands().type(keyOf(demand))).isEqualTo("string");
        assertThat(redis.commands().pttl(keyOf(demand))).isPositive();
        assertThat(TestStores.acquire(store, demand).allowed()).isFalse();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("damagedCounters")
    void isForgottenByAReset(String damage, Algorithm algorithm) {
        Demand demand = TestStores.demand(CLEAN, algorithm);
        damages().get(damage).inflict(redis.commands(), keyOf(demand));
        TestStores.decide(store, new Operation.Reset(List.of(demand)));
        assertThat(redis.commands().exists(keyOf(demand))).isZero();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("damagedCounters")
    void countsAsFreshAlsoWhenSomethingIsGivenBack(String damage, Algorithm algorithm) {
        Demand demand = TestStores.demand(CLEAN, algorithm);
        Decision taken = TestStores.acquire(store, demand);
        redis.commands().del(keyOf(demand));
        damages().get(damage).inflict(redis.commands(), keyOf(demand));

        Decision given = TestStores.decide(store, new Operation.Refund(taken.grants()));

        assertThat(given.remaining()).isEqualTo(5);
        assertThat(TestStores.acquire(store, demand.withCost(5)).allowed()).isTrue();
        assertThat(TestStores.acquire(store, demand).allowed()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void isUsedAgainstNobodyForLongIfItLooksLikeACounter(Algorithm algorithm) {
        Demand demand = TestStores.demand("5/2s", algorithm);
        TestStores.decide(store, Operation.Charge.of(demand.withCost(10)));
        byte[] value = new byte[64];
        Arrays.fill(value, (byte) 0xFF);
        String garbage = new String(value, StandardCharsets.ISO_8859_1);
        for (int offset = 7; offset < 40; offset += 3) {
            if (redis.commands().strlen(keyOf(demand)) > offset) {
                redis.commands().setrange(keyOf(demand), offset, garbage.substring(0, 2));
            }
            Decision decision = TestStores.acquire(store, demand);
            Duration wait = decision.retryAfter().orElseThrow();
            assertThat(wait).as("offset %d", offset).isBetween(Duration.ZERO, Duration.ofSeconds(10));
            assertThat(decision.resetAfter()).isBetween(Duration.ZERO, Duration.ofSeconds(10));
            assertThat(decision.remaining()).isBetween(0L, 5L);
        }
    }

    @Test
    void doesNotKeepAnotherKeyOfTheSameOperationFromCounting() {
        Demand sound = TestStores.demand(CLEAN, Algorithm.FIXED_WINDOW);
        Demand damaged = TestStores.demand(CLEAN, Algorithm.SLIDING_LOG);
        redis.commands().lpush(keyOf(damaged), "x");

        Decision decision = TestStores.decide(store, Operation.Acquire.of(sound, damaged));

        assertThat(decision.allowed()).isTrue();
        assertThat(decision.limits())
                .allSatisfy(limit -> assertThat(limit.remaining()).isEqualTo(4));
    }

    private String keyOf(Demand demand) {
        return namespace + ":{" + demand.key().owner() + "}:" + demand.key().counter();
    }
}
