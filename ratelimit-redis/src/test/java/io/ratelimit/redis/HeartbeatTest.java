package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.redis.testing.TcpProxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Instances that count one another in a real Redis, with beats that follow quickly. */
class HeartbeatTest {
    private static final Duration INTERVAL = Duration.ofMillis(200);

    private final String namespace = RedisFixture.shared().newNamespace();
    private final String key = namespace + ":{instances}";
    private final List<RedisLimitStore> stores = new ArrayList<>();

    @AfterEach
    void close() {
        stores.forEach(RedisLimitStore::close);
    }

    private RedisLimitStore instance(RedisLimitStore.Builder builder) {
        RedisLimitStore store = builder.namespace(namespace)
                .timeout(TestStores.PATIENT)
                .countInstances(INTERVAL)
                .build();
        stores.add(store);
        return store;
    }

    private RedisLimitStore instance(RedisFixture redis) {
        return instance(TestStores.at(redis));
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(10));
    }

    private static void awaitCount(int expected, RedisLimitStore... stores) {
        soon().untilAsserted(() ->
                assertThat(stores).extracting(RedisLimitStore::instances).containsOnly(expected));
    }

    private static void assertCountStays(int expected, RedisLimitStore... stores) {
        soon().during(Duration.ofMillis(1_500))
                .untilAsserted(() -> assertThat(stores)
                        .extracting(RedisLimitStore::instances)
                        .containsOnly(expected));
    }

    @Test
    void knowsAllThatAreAliveAndNobodyWhoHasLeft() {
        RedisFixture redis = RedisFixture.shared();
        RedisLimitStore first = instance(redis);
        RedisLimitStore second = instance(redis);
        RedisLimitStore third = instance(redis);
        awaitCount(3, first, second, third);

        third.close();
        assertThat(redis.commands().strlen(key))
                .as("two entries of fourteen bytes")
                .isEqualTo(30);
        awaitCount(2, first, second);

        first.close();
        second.close();
        assertThat(redis.commands().exists(key))
                .as("the key, after all have left")
                .isZero();
    }

    @Test
    void forgetsOneThatIsHeardNoMore() {
        RedisFixture redis = RedisFixture.shared();
        try (TcpProxy proxy = TcpProxy.to(redis)) {
            RedisLimitStore first = instance(redis);
            RedisLimitStore second = instance(redis);
            RedisLimitStore killed = instance(TestStores.through(proxy));
            awaitCount(3, first, second, killed);

            proxy.refuse();
            awaitCount(2, first, second);
            assertThat(killed.instances()).as("what it knew last").isEqualTo(3);
        }
    }

    @Test
    void keepsTheLastNumberWhileTheServerIsGone() {
        RedisLimitStore first;
        RedisLimitStore second;
        try (RedisFixture redis = RedisFixture.start()) {
            first = instance(redis);
            second = instance(redis);
            awaitCount(2, first, second);
        }
        assertCountStays(2, first, second);
    }

    @Test
    void keepsTheNumberWhenTheServerForgetsAll() {
        try (RedisFixture redis = RedisFixture.start()) {
            RedisLimitStore first = instance(redis);
            RedisLimitStore second = instance(redis);
            RedisLimitStore third = instance(redis);
            awaitCount(3, first, second, third);

            redis.commands().flushall();
            assertCountStays(3, first, second, third);
        }
    }

    @Test
    void isCountedByAServerThatComesLater() {
        try (TcpProxy proxy = TcpProxy.to(RedisFixture.shared())) {
            proxy.refuse();
            RedisLimitStore early = instance(TestStores.through(proxy));
            assertThat(early.instances()).as("what nobody ever said").isZero();
            proxy.accept();
            awaitCount(1, early);
        }
    }

    @Test
    void countsNobodyUnlessAsked() {
        try (RedisLimitStore store =
                TestStores.at(RedisFixture.shared()).namespace(namespace).build()) {
            assertThat(store.instances()).isZero();
            assertThat(RedisFixture.shared().keys(namespace)).isEmpty();
        }
    }

    @Test
    void doesNotCountThoseOfAnotherNamespace() {
        RedisLimitStore ours = instance(RedisFixture.shared());
        try (RedisLimitStore theirs = TestStores.at(RedisFixture.shared())
                .timeout(TestStores.PATIENT)
                .countInstances(INTERVAL)
                .build()) {
            awaitCount(1, ours, theirs);
            assertCountStays(1, ours, theirs);
        }
    }

    @Test
    void leavesNothingThatDoesNotExpire() {
        RedisLimitStore store = instance(RedisFixture.shared());
        awaitCount(1, store);
        assertThat(RedisFixture.shared().keys(namespace)).containsExactly(key);
        assertThat(RedisFixture.shared().commands().pttl(key))
                .as("milliseconds to live")
                .isBetween(1L, INTERVAL.multipliedBy(4).toMillis());
    }

    static Stream<Arguments> damages() {
        return Map.<String, Consumer<Damaged>>of(
                        "a list", it -> it.commands().lpush(it.key(), "1"),
                        "a hash", it -> it.commands().hset(it.key(), "a", "1"),
                        "a stream", it -> it.commands().xadd(it.key(), Map.of("a", "b")),
                        "empty", it -> it.commands().set(it.key(), ""),
                        "a number", it -> it.commands().set(it.key(), "42"),
                        "a page of text", it -> it.commands().set(it.key(), "<html>".repeat(500)),
                        "half an entry", it -> it.commands().set(it.key(), "i1somebody"),
                        "one that is heard in the future",
                                it -> it.commands()
                                        .eval(
                                                "redis.call('SET', KEYS[1], 'i1' .. struct.pack('>c8I6', 'somebody', 2 ^ 47))",
                                                ScriptOutputType.STATUS,
                                                it.key()))
                .entrySet()
                .stream()
                .map(damage -> Arguments.of(damage.getKey(), damage.getValue()));
    }

    private record Damaged(RedisCommands<String, String> commands, String key) {}

    @ParameterizedTest(name = "{0}")
    @MethodSource("damages")
    void healsWhatSomebodyElseWrote(String name, Consumer<Damaged> damage) {
        RedisCommands<String, String> commands = RedisFixture.shared().commands();
        RedisLimitStore store = instance(RedisFixture.shared());
        awaitCount(1, store);
        commands.del(key);
        damage.accept(new Damaged(commands, key));

        soon().untilAsserted(() -> {
            assertThat(commands.type(key)).isEqualTo("string");
            assertThat(commands.strlen(key)).as("one entry").isEqualTo(16);
            assertThat(commands.get(key)).doesNotContain("somebody");
        });
        awaitCount(1, store);
    }

    @Test
    void remembersNoMoreThanItIsTold() {
        RedisCommands<String, String> commands = RedisFixture.shared().commands();
        String script = new String(Script.HEARTBEAT.source(), StandardCharsets.UTF_8);
        long count = 0;
        for (int i = 0; i < 30; i++) {
            count = commands.eval(
                    script, ScriptOutputType.INTEGER, new String[] {key}, "%08d".formatted(i), "1", "60000", "20");
        }
        assertThat(count).as("of 30 instances where 20 are remembered").isEqualTo(20);
        assertThat(commands.strlen(key)).isEqualTo(2 + 20 * 14);
    }
}
