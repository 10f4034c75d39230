package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisURI;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Demand;
import io.ratelimit.redis.testing.RedisFixture;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left of a store after its end. */
class CloseTest {
    private final RedisFixture redis = RedisFixture.shared();
    private final String name = "closing-" + UUID.randomUUID();

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void leavesNothingBehindWhenTheThreadThatClosesItIsInterrupted(int servers) {
        RedisURI uri = RedisURI.builder(redis.uri()).withClientName(name).build();
        Demand demand = TestStores.demand("5/1m", Algorithm.TOKEN_BUCKET);
        Set<Thread> before = OwnThreads.running();
        RedisLimitStore store = RedisLimitStore.masterReplica(List.of(uri, uri).subList(0, servers))
                .namespace(redis.newNamespace())
                .timeout(TestStores.PATIENT)
                .countInstances()
                .build();
        TestStores.acquire(store, demand);
        assertThat(redis.commands().clientList()).contains(name);

        boolean stillInterrupted;
        Thread.currentThread().interrupt();
        try {
            store.close();
        } finally {
            stillInterrupted = Thread.interrupted();
        }

        assertThat(stillInterrupted).as("the thread stays interrupted").isTrue();
        await().untilAsserted(() -> assertThat(OwnThreads.running()).isSubsetOf(before));
        await().untilAsserted(() -> assertThat(redis.commands().clientList()).doesNotContain(name));
    }
}
