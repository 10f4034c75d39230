package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisURI;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Demand;
import io.ratelimit.redis.testing.RedisProcess;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two servers that no sentinel watches. */
class MasterReplicaTest {
    private static final Duration LONGEST = Duration.ofSeconds(20);

    private final RedisProcess first = RedisProcess.start();
    private final RedisProcess second = RedisProcess.start();
    private final Demand demand = TestStores.demand("1000/1h", Algorithm.FIXED_WINDOW);

    @BeforeEach
    void makeTheSecondTheMaster() {
        follow(first, second);
        await().atMost(LONGEST)
                .until(() -> first.ask(redis -> redis.info("replication")).contains("master_link_status:up"));
    }

    @AfterEach
    void close() {
        first.close();
        second.close();
    }

    @Test
    void findsTheMasterWhereverItIsListed() {
        try (RedisLimitStore store = store(List.of(first.uri(), second.uri()))) {
            assertThat(TestStores.acquire(store, demand).remaining()).isEqualTo(999);
        }
    }

    @Test
    void followsTheMasterWhenTheServersChangeTheirRoles() {
        try (RedisLimitStore store = store(List.of(first.uri(), second.uri()))) {
            assertThat(TestStores.acquire(store, demand).remaining()).isEqualTo(999);
            await().atMost(LONGEST).until(() -> first.ask(redis -> redis.dbsize()) == 1);

            first.ask(redis -> redis.replicaofNoOne());
            follow(second, first);

            assertThat(TestStores.failure(store, demand).kind()).isEqualTo(Kind.READONLY);
            await().atMost(LONGEST).until(() -> TestStores.isServed(store, demand));
            assertThat(TestStores.acquire(store, demand).remaining())
                    .as("counted on")
                    .isEqualTo(997);
        }
    }

    @Test
    void saysThatThereIsNoMaster() {
        try (RedisLimitStore store = store(List.of(first.uri()));
                RedisLimitStore ofTwo = store(List.of(first.uri(), first.uri()))) {
            StoreException alone = TestStores.failure(store, demand);
            StoreException none = TestStores.failure(ofTwo, demand);

            assertThat(alone.kind())
                    .as("a server listed alone is taken at its word")
                    .isEqualTo(Kind.READONLY);
            assertThat(none).hasMessageContaining("replica");
        }
    }

    private static RedisLimitStore store(List<RedisURI> servers) {
        return RedisLimitStore.masterReplica(servers)
                .namespace("master-replica")
                .timeout(TestStores.PATIENT)
                .build();
    }

    private static void follow(RedisProcess replica, RedisProcess master) {
        replica.ask(redis -> redis.replicaof(master.host(), master.port()));
    }
}
