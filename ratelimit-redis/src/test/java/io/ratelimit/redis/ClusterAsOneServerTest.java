package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.ratelimit.failover.FailoverSettings;
import io.ratelimit.failover.FailoverStore;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.redis.testing.RedisCluster;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A node of a cluster that is addressed as if it were a server on its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterAsOneServerTest {
    private RedisCluster whole;

    @BeforeAll
    void start() {
        whole = RedisCluster.ofMasters(1);
    }

    @AfterAll
    void stop() {
        whole.close();
    }

    private LimitStore store() {
        return TestStores.at(whole.node(0).uri()).timeout(TestStores.PATIENT).build();
    }

    private static Demand demand(String limit) {
        return TestStores.demand(limit, Algorithm.TOKEN_BUCKET);
    }

    @ParameterizedTest
    @EnumSource
    void limitsSeveralOwnersTogether(Algorithm algorithm) {
        try (LimitStore store = store()) {
            Operation both =
                    Operation.Acquire.of(TestStores.demand("9/1h", algorithm), TestStores.demand("2/1h", algorithm));
            assertThat(TestStores.decide(store, both).allowed()).isTrue();
            assertThat(TestStores.decide(store, both).allowed()).isTrue();
            Decision denied = TestStores.decide(store, both);
            assertThat(denied.allowed()).isFalse();
            assertThat(denied.limits())
                    .as("the permits of the limit that would have admitted are given back")
                    .extracting(LimitDecision::remaining)
                    .containsExactly(7L, 0L);
        }
    }

    static Stream<Operation> operationsOverSeveralOwners() {
        List<Demand> two = List.of(demand("9/1h"), demand("8/1h"));
        return Stream.of(
                new Operation.Peek(two, List.of()),
                new Operation.Charge(two),
                new Operation.Reset(two),
                new Operation.Acquire(List.of(demand("9/1h")), List.of(demand("8/1h"))));
    }

    @ParameterizedTest
    @MethodSource("operationsOverSeveralOwners")
    void carriesOutWhateverConcernsSeveralOwners(Operation operation) {
        try (LimitStore store = store()) {
            assertThat(TestStores.decide(store, operation).source().id()).isEqualTo("redis");
        }
    }

    @Test
    void carriesOutOperationsOfSeveralOwnersThatAreHandedOverTogether() {
        try (LimitStore store = store()) {
            List<Operation> operations = IntStream.range(0, 20)
                    .<Operation>mapToObj(i -> Operation.Acquire.of(demand("5/1h")))
                    .toList();
            assertThat(store.executeAll(operations).toCompletableFuture().join())
                    .hasSize(20)
                    .allMatch(Decision::allowed);
        }
    }

    @Test
    void leavesNothingToTheFallback() {
        try (FailoverStore store = FailoverStore.around(store())
                .settings(new FailoverSettings(3, TestStores.PATIENT, Duration.ofMillis(100), 100))
                .build()) {
            for (int i = 0; i < 100; i++) {
                Decision decision = TestStores.decide(store, Operation.Acquire.of(demand("5/1h"), demand("5/1h")));
                assertThat(decision.source().id()).isEqualTo("redis");
            }
        }
    }

    @Test
    void limitsSeveralOwnersWhereItIsTheMasterAmongSomeServers() {
        RedisURI gone = RedisURI.create("127.0.0.1", 1);
        try (LimitStore store = RedisLimitStore.masterReplica(
                        List.of(gone, whole.node(0).uri()))
                .timeout(TestStores.PATIENT)
                .build()) {
            Operation both = Operation.Acquire.of(demand("9/1h"), demand("1/1h"));
            assertThat(TestStores.decide(store, both).allowed()).isTrue();
            assertThat(TestStores.decide(store, both).allowed()).isFalse();
        }
    }

    @Test
    void saysThatItIsANodeOfAClusterWhereAnotherNodeHasTheSlot() {
        try (RedisCluster cluster = RedisCluster.ofMasters(3);
                LimitStore store = TestStores.at(cluster.node(0).uri())
                        .timeout(TestStores.PATIENT)
                        .build()) {
            StoreException failure = Stream.generate(() -> demand("5/1h"))
                    .filter(demand -> !TestStores.isServed(store, demand))
                    .map(demand -> TestStores.failure(store, demand))
                    .findFirst()
                    .orElseThrow();
            assertThat(failure.kind()).isEqualTo(Kind.MOVED);
            assertThat(failure).hasMessageContaining("node of a cluster", "spring.data.redis.cluster.nodes");
        }
    }
}
