package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.store.LimitStore;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisLimitStoreBuilderTest {
    private final RedisLimitStore.Builder builder = RedisLimitStore.builder(RedisURI.create("localhost", 6379));

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "two words", "{tag}", "a}", "line\nbreak", "tab\t"})
    void refusesANamespaceThatWouldBreakKeys(String namespace) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.namespace(namespace))
                .withMessageStartingWith("namespace: ")
                .withMessageContaining("expected: 1 to 64 without braces, blanks and control characters");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 10_001})
    void refusesATimeoutOutOfRange(long millis) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.timeout(Duration.ofMillis(millis)))
                .withMessageStartingWith("timeout: ")
                .withMessageContaining("expected: from PT0.001S to PT10S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.connectTimeout(Duration.ofMillis(millis)))
                .withMessageStartingWith("connect-timeout: ");
    }

    @Test
    void refusesToDoNothing() {
        try (LimitStore store = TestStores.at(RedisFixture.shared()).build()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> store.executeAll(List.of()))
                    .withMessage("operations: none (expected: at least one)");
        }
    }

    @Test
    void leavesNoThreadsBehindWhenAnAddressCannotBeUsed() {
        RedisURI sentinels = RedisURI.Builder.sentinel("localhost", "main").build();
        RedisURI server = RedisFixture.shared().uri();
        Set<Thread> before = OwnThreads.running();

        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        RedisLimitStore.cluster(List.of(server, sentinels)).build());

        await().untilAsserted(() ->
                assertThat(OwnThreads.running()).as("of this store").isSubsetOf(before));
    }

    @Test
    void sharesTheThreadsOfAClientAndLeavesThemRunning() {
        RedisFixture redis = RedisFixture.shared();
        try (RedisClient client = RedisClient.create(redis.uri())) {
            client.connect().sync().ping();
            try (LimitStore store = RedisLimitStore.builder(redis.uri())
                    .like(client)
                    .namespace(redis.newNamespace())
                    .timeout(TestStores.PATIENT)
                    .build()) {
                assertThat(TestStores.acquire(store, TestStores.demand("5/1m", Algorithm.TOKEN_BUCKET))
                                .allowed())
                        .isTrue();
            }
            assertThat(client.connect().sync().ping()).isEqualTo("PONG");
        }
    }

    @Test
    void doesNotTraceItsCallsWhereItSharesTheThreadsOfAClientThatDoes() {
        RedisFixture redis = RedisFixture.shared();
        TracingProbe tracing = new TracingProbe();
        ClientResources shared = ClientResources.builder()
                .tracing(tracing)
                .reconnectDelay(Delay.decorrelatedJitter())
                .build();
        try (RedisClient client = RedisClient.create(shared, redis.uri())) {
            try (LimitStore store = RedisLimitStore.builder(redis.uri())
                    .like(client)
                    .namespace(redis.newNamespace())
                    .timeout(TestStores.PATIENT)
                    .build()) {
                assertThat(TestStores.acquire(store, TestStores.demand("5/1m", Algorithm.TOKEN_BUCKET))
                                .allowed())
                        .isTrue();
            }
            assertThat(tracing.uses()).as("by the store").isZero();
            assertThat(client.connect().sync().ping()).isEqualTo("PONG");
            assertThat(tracing.uses()).as("by the client").isPositive();
        } finally {
            shared.shutdown(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    @Test
    void hasThreadsOfItsOwnUnlessGivenOthers() {
        RedisFixture redis = RedisFixture.shared();
        Set<Thread> before = OwnThreads.running();
        try (LimitStore store = RedisLimitStore.builder(redis.uri())
                .namespace(redis.newNamespace())
                .timeout(TestStores.PATIENT)
                .build()) {
            assertThat(TestStores.acquire(store, TestStores.demand("5/1m", Algorithm.TOKEN_BUCKET))
                            .source()
                            .id())
                    .isEqualTo("redis");
            Set<Thread> own = OwnThreads.running();
            own.removeAll(before);
            assertThat(own).extracting(Thread::getName).anyMatch(name -> name.startsWith("lettuce-"));
        }
    }
}
