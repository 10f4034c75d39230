package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExpiryTest {
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

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void aKeyExpiresWhenItsQuotaIsFullAgain(Algorithm algorithm) {
        for (String limit : List.of("5/2s", "5/1h", "5/30d")) {
            Demand demand = TestStores.demand(limit, algorithm);
            for (Operation operation : List.of(
                    Operation.Acquire.of(demand),
                    Operation.Acquire.of(demand.withCost(3)),
                    Operation.Charge.of(demand.withCost(9)))) {
                Decision decision = TestStores.decide(store, operation);
                assertThat(redis.commands().pttl(onlyKeyOf(demand)))
                        .as("milliseconds that the key of %s lives after %s", limit, operation)
                        .isPositive()
                        .isCloseTo(decision.resetAfter().toMillis(), within(1_500L));
            }
        }
    }

    @Test
    void noKeyIsThereOnceItsQuotaIsFull() {
        List<Demand> demands = new ArrayList<>();
        Duration longest = Duration.ZERO;
        for (Algorithm algorithm : Algorithm.values()) {
            Demand demand = TestStores.demand("5/2s", algorithm);
            demands.add(demand);
            TestStores.decide(store, Operation.Acquire.of(demand.withCost(2)));
            Duration reset = TestStores.acquire(store, demand).resetAfter();
            longest = reset.compareTo(longest) > 0 ? reset : longest;
        }
        assertThat(redis.keys(namespace)).hasSize(demands.size());
        await().atMost(longest.plusMillis(500))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(redis.keys(namespace)).isEmpty());
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void aCounterThatIsAsGoodAsNewIsNotKept(Algorithm algorithm) {
        Demand demand = TestStores.demand("5/1h", algorithm);
        Decision taken = TestStores.acquire(store, demand);
        assertThat(redis.keys(namespace)).hasSize(1);

        Decision refunded = TestStores.decide(store, new Operation.Refund(taken.grants()));

        assertThat(refunded.remaining()).isEqualTo(5);
        assertThat(redis.keys(namespace)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void denialsPeeksAndResetsWriteNothing(Algorithm algorithm) {
        Demand demand = TestStores.demand("5/1h", algorithm);
        TestStores.decide(store, Operation.Peek.of(demand));
        TestStores.decide(store, Operation.Acquire.of(demand.withCost(6)));
        TestStores.decide(store, new Operation.Reset(List.of(demand)));
        assertThat(redis.keys(namespace)).isEmpty();

        TestStores.decide(store, Operation.Acquire.of(demand.withCost(5)));
        long changes = changes();
        assertThat(TestStores.acquire(store, demand).allowed()).isFalse();
        TestStores.decide(store, Operation.Peek.of(demand));
        assertThat(changes()).as("changes of the data set").isEqualTo(changes);
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void aLongLivedCounterNeverLosesItsExpiry(Algorithm algorithm) {
        Demand demand = TestStores.demand("100000/1h", algorithm);
        for (int i = 0; i < 60; i++) {
            TestStores.acquire(store, demand);
            assertThat(redis.commands().pttl(onlyKeyOf(demand))).isPositive();
        }
    }

    private String onlyKeyOf(Demand demand) {
        return namespace + ":{" + demand.key().owner() + "}:" + demand.key().counter();
    }

    private long changes() {
        return redis.commands()
                .info("persistence")
                .lines()
                .filter(line -> line.startsWith("rdb_changes_since_last_save:"))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }
}
