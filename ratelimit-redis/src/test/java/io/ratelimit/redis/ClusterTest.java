package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StaticCredentialsProvider;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.protocol.CommandKeyword;
import io.lettuce.core.protocol.CommandType;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.redis.testing.RedisCluster;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Kind;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Slots that move from node to node, and nodes that go, one call at a time. */
class ClusterTest {
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private static RedisCluster cluster;

    private final String owner = IntStream.iterate((int) System.nanoTime(), i -> i + 1)
            .mapToObj(i -> "owner" + i)
            .filter(name -> cluster.masterOf(SlotHash.getSlot(name)) == 0)
            .findFirst()
            .orElseThrow();
    private final int slot = SlotHash.getSlot(owner);
    private final Demand first = demand("5/1h");
    private final Demand second = demand("6/1d");

    @BeforeAll
    static void startCluster() {
        cluster = RedisCluster.ofMasters(3);
    }

    /** Nodes that do not agree yet may each take the other for the one that has the slot, for good. */
    @BeforeEach
    void awaitAgreement() {
        cluster.awaitAgreement();
    }

    private void moveBack() {
        cluster.awaitAgreement();
        cluster.move(slot, 1, 0);
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    @Test
    void followsASlotThatHasMoved() {
        try (RedisLimitStore store = patient().build()) {
            assertThat(TestStores.acquire(store, first).remaining()).isEqualTo(4);
            cluster.move(slot, 0, 1);
            try {
                assertThat(TestStores.acquire(store, first).remaining())
                        .as("counted on, by another node")
                        .isEqualTo(3);
                assertThat(store.shardOf(first.key()))
                        .endsWith(":" + cluster.node(1).port());
            } finally {
                moveBack();
            }
            assertThat(TestStores.acquire(store, first).remaining()).isEqualTo(2);
        }
    }

    @Test
    void asksTheNewNodeForAKeyThatHasMovedAheadOfItsSlot() {
        try (RedisLimitStore store = patient().build()) {
            assertThat(TestStores.acquire(store, first).remaining()).isEqualTo(4);
            cluster.beginMove(slot, 0, 1);
            try {
                assertThat(TestStores.acquire(store, first).remaining())
                        .as("still at its old place")
                        .isEqualTo(3);
                cluster.moveKeys(slot, 0, 1);
                assertThat(TestStores.acquire(store, first).remaining())
                        .as("at its new place")
                        .isEqualTo(2);
                assertThat(store.shardOf(first.key()))
                        .as("the slot's")
                        .endsWith(":" + cluster.node(0).port());
            } finally {
                cluster.endMove(slot, 0, 1);
                moveBack();
            }
        }
    }

    @Test
    void resetsKeysThatHaveNotYetMovedWithTheirSlot() {
        List<Demand> demands = Arrays.stream(Algorithm.values())
                .map(algorithm -> demand("5/1h", algorithm))
                .toList();
        try (RedisLimitStore store = patient().build()) {
            demands.forEach(demand -> TestStores.acquire(store, demand));
            cluster.beginMove(slot, 0, 1);
            try {
                assertThat(demands).allSatisfy(demand -> {
                    assertThat(TestStores.decide(store, new Operation.Reset(List.of(demand)))
                                    .remaining())
                            .as("of a fresh counter")
                            .isEqualTo(5);
                    assertThat(TestStores.acquire(store, demand).remaining())
                            .as("counted at the new place")
                            .isEqualTo(4);
                });
            } finally {
                cluster.endMove(slot, 0, 1);
                moveBack();
            }
        }
    }

    @Test
    void asksANewNodeThatDoesNotKnowTheScript() {
        try (RedisLimitStore store = patient().build()) {
            cluster.commands(1).scriptFlush();
            cluster.beginMove(slot, 0, 1);
            try {
                assertThat(TestStores.acquire(store, first).remaining()).isEqualTo(4);
                assertThat(TestStores.acquire(store, first).remaining()).isEqualTo(3);
            } finally {
                cluster.endMove(slot, 0, 1);
                moveBack();
            }
        }
    }

    @Test
    void waitsForKeysThatAreBeingMovedApart() {
        try (RedisLimitStore store = patient().build()) {
            Operation both = Operation.Acquire.of(first, second);
            cluster.beginMove(slot, 0, 1);
            CompletableFuture<Decision> decision;
            try {
                // Neither key is there, so that the old node sends to the new one, which lacks both as well.
                decision = store.execute(both).toCompletableFuture();
                await("while the slot is on its way")
                        .during(Duration.ofMillis(50))
                        .until(() -> !decision.isDone());
            } finally {
                cluster.endMove(slot, 0, 1);
            }
            assertThat(decision.join().limits()).hasSize(2).allMatch(limit -> limit.allowed());
            moveBack();
        }
    }

    @Test
    void saysAtTheDeadlineThatKeysAreBeingMovedApartAndKeepsTheConnection() {
        try (RedisLimitStore store = TestStores.in(cluster).timeout(DEADLINE).build()) {
            cluster.beginMove(slot, 0, 1);
            try {
                assertThat(store.execute(Operation.Acquire.of(first, second)))
                        .failsWithin(DEADLINE.multipliedBy(5))
                        .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                        .havingCause()
                        .isInstanceOfSatisfying(StoreException.class, failure -> {
                            assertThat(failure.kind()).isEqualTo(Kind.TRY_AGAIN);
                            assertThat(failure.fate()).isEqualTo(StoreException.Fate.NOT_CARRIED_OUT);
                        });
                assertThat(TestStores.acquire(store, first).remaining())
                        .as("one key alone is served, over the same connection")
                        .isEqualTo(4);
            } finally {
                cluster.endMove(slot, 0, 1);
                moveBack();
            }
        }
    }

    @Test
    void doesNotKnowWhatBecameOfOperationsBeforeOneThatIsRefused() {
        Limit limit = Limit.parse("5/1h", Algorithm.FIXED_WINDOW);
        Demand elsewhere = Demand.of(new Key("elsewhere", "test:" + limit.counterName()), limit, 1);
        try (RedisLimitStore store = TestStores.in(cluster).timeout(DEADLINE).build()) {
            cluster.beginMove(slot, 0, 1);
            try {
                assertThat(store.executeAll(
                                List.of(Operation.Acquire.of(elsewhere), Operation.Acquire.of(first, second))))
                        .failsWithin(DEADLINE.multipliedBy(5))
                        .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                        .havingCause()
                        .isInstanceOfSatisfying(StoreException.class, failure -> {
                            assertThat(failure.kind()).isEqualTo(Kind.TRY_AGAIN);
                            assertThat(failure.fate()).isEqualTo(StoreException.Fate.UNKNOWN);
                        });
            } finally {
                cluster.endMove(slot, 0, 1);
                moveBack();
            }
        }
    }

    @Test
    void findsTheClusterByOneNodeOfIt() {
        List<RedisURI> one = cluster.uris().subList(2, 3);
        try (RedisLimitStore store = RedisLimitStore.cluster(one)
                .timeout(TestStores.PATIENT)
                .namespace("one-seed")
                .build()) {
            assertThat(TestStores.acquire(store, first).remaining()).isEqualTo(4);
            assertThat(store.shardOf(first.key()))
                    .endsWith(":" + cluster.node(0).port());
        }
    }

    @Test
    void attachesWhenTheSeedListedFirstIsGone() {
        RedisURI gone = RedisURI.create("127.0.0.1", 1);
        try (RedisLimitStore store = RedisLimitStore.cluster(
                        List.of(gone, cluster.uris().get(1)))
                .timeout(TestStores.PATIENT)
                .namespace("gone-seed")
                .build()) {
            assertThat(TestStores.acquire(store, first).remaining()).isEqualTo(4);
        }
    }

    @Test
    void runsWithThePermissionsThatTheDocumentsList() {
        for (int node = 0; node < 3; node++) {
            cluster.commands(node)
                    .aclSetuser(
                            "limiter",
                            AclSetuserArgs.Builder.on()
                                    .addPassword("hush")
                                    .keyPattern("acl:*")
                                    .addCommand(CommandType.EVALSHA)
                                    .addCommand(CommandType.EVAL)
                                    .addCommand(CommandType.TIME)
                                    .addCommand(CommandType.GET)
                                    .addCommand(CommandType.SET)
                                    .addCommand(CommandType.DEL)
                                    .addCommand(CommandType.PEXPIREAT)
                                    .addCommand(CommandType.STRLEN)
                                    .addCommand(CommandType.GETRANGE)
                                    .addCommand(CommandType.SETRANGE)
                                    .addCommand(CommandType.ASKING)
                                    .addCommand(CommandType.CLUSTER, CommandKeyword.SLOTS));
        }
        List<RedisURI> uris = cluster.uris();
        uris.forEach(uri -> uri.setCredentialsProvider(new StaticCredentialsProvider("limiter", "hush".toCharArray())));
        try (RedisLimitStore store = RedisLimitStore.cluster(uris)
                .timeout(TestStores.PATIENT)
                .namespace("acl")
                .build()) {
            assertThat(store.shardOf(first.key())).as("who has the slot").isNotEmpty();
            assertThat(TestStores.acquire(store, first).remaining()).isEqualTo(4);
            cluster.beginMove(slot, 0, 1);
            try {
                cluster.moveKeys(slot, 0, 1);
                assertThat(TestStores.acquire(store, first).remaining()).isEqualTo(3);
            } finally {
                cluster.endMove(slot, 0, 1);
                moveBack();
            }
        }
    }

    private RedisLimitStore.Builder patient() {
        return TestStores.in(cluster).timeout(TestStores.PATIENT);
    }

    private Demand demand(String limit) {
        return demand(limit, Algorithm.FIXED_WINDOW);
    }

    private Demand demand(String limit, Algorithm algorithm) {
        Limit parsed = Limit.parse(limit, algorithm);
        return Demand.of(new Key(owner, "test:" + parsed.counterName()), parsed, 1);
    }
}
