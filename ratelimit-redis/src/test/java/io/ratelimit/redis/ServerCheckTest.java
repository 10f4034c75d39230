package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StaticCredentialsProvider;
import io.lettuce.core.protocol.CommandType;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Demand;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.redis.testing.TcpProxy;
import io.ratelimit.store.StoreException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServerCheckTest {
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private RedisFixture redis;

    @BeforeAll
    void start() {
        redis = RedisFixture.start();
        lines.start();
        logger().addAppender(lines);
    }

    @BeforeEach
    void forget() {
        lines.list.clear();
        redis.commands().configSet("maxmemory", "0");
        redis.commands().configSet("maxmemory-policy", "noeviction");
    }

    @AfterEach
    void stopDebugging() {
        logger().setLevel(null);
    }

    @AfterAll
    void stop() {
        logger().detachAppender(lines);
        redis.close();
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(ServerCheck.class);
    }

    private List<String> linesAt(Level level) {
        return List.copyOf(lines.list).stream()
                .filter(line -> line.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private static RedisLimitStore asking(RedisLimitStore.Builder builder) {
        return builder.timeout(TestStores.PATIENT).checkServer().build();
    }

    private static void awaitAnswer(RedisLimitStore store) {
        await().until(() -> store.serverVersion().isPresent());
    }

    private String versionThatItSays() {
        return redis.commands()
                .info("server")
                .lines()
                .filter(line -> line.startsWith("redis_version:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void knowsTheVersionAndIsContentWithAServerThatEvictsNothing() {
        try (RedisLimitStore store = asking(TestStores.at(redis))) {
            awaitAnswer(store);
            assertThat(store.serverVersion()).contains(versionThatItSays());
        }
        assertThat(linesAt(Level.WARN)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "allkeys-lru",
                "allkeys-lfu",
                "allkeys-random",
                "volatile-lru",
                "volatile-lfu",
                "volatile-random",
                "volatile-ttl"
            })
    void warnsOnceOfAPolicyThatEvictsWhatExpires(String policy) {
        redis.commands().configSet("maxmemory", "1gb");
        redis.commands().configSet("maxmemory-policy", policy);
        try (RedisLimitStore store = asking(TestStores.at(redis))) {
            awaitAnswer(store);
        }
        assertThat(linesAt(Level.WARN))
                .singleElement()
                .asString()
                .contains("may evict counters", "maxmemory-policy is " + policy, redis.host() + ":" + redis.port());
    }

    @Test
    void doesNotWarnOfAPolicyThatNeverApplies() {
        redis.commands().configSet("maxmemory-policy", "allkeys-lru");
        try (RedisLimitStore store = asking(TestStores.at(redis))) {
            awaitAnswer(store);
        }
        assertThat(linesAt(Level.WARN)).isEmpty();
    }

    @Test
    void warnsOfAServerThatComesLater() {
        redis.commands().configSet("maxmemory", "1gb");
        redis.commands().configSet("maxmemory-policy", "volatile-lru");
        try (TcpProxy proxy = TcpProxy.to(redis)) {
            proxy.refuse();
            try (RedisLimitStore store = asking(TestStores.through(proxy))) {
                assertThat(store.serverVersion()).isEmpty();
                proxy.accept();
                awaitAnswer(store);
                assertThat(linesAt(Level.WARN)).singleElement().asString().contains("volatile-lru");
            }
        }
    }

    @Test
    void warnsOnceOfAPermissionThatIsMissingOnAServerThatComesLater() {
        redis.commands()
                .aclSetuser(
                        "half",
                        AclSetuserArgs.Builder.on()
                                .addPassword("hush")
                                .allKeys()
                                .allCommands()
                                .removeCommand(CommandType.SETRANGE));
        try (TcpProxy proxy = TcpProxy.to(redis)) {
            proxy.refuse();
            RedisURI uri = RedisURI.create(proxy.host(), proxy.port());
            uri.setCredentialsProvider(new StaticCredentialsProvider("half", "hush".toCharArray()));
            try (RedisLimitStore store = asking(TestStores.at(uri))) {
                proxy.accept();
                awaitAnswer(store);
                assertThat(linesAt(Level.WARN))
                        .singleElement()
                        .asString()
                        .contains("lacks a permission to run SETRANGE", "limits are not counted there");
            }
        }
    }

    @Test
    void leavesNothingBehind() {
        String namespace = redis.newNamespace();
        try (RedisLimitStore store = asking(TestStores.at(redis).namespace(namespace))) {
            awaitAnswer(store);
            assertThat(store.refusal().toCompletableFuture().join()).isEmpty();
            assertThat(redis.keys(namespace)).isEmpty();
        }
    }

    @Test
    void isSilentWhereTheUserMayNotAsk() {
        redis.commands().configSet("maxmemory", "1gb");
        redis.commands().configSet("maxmemory-policy", "allkeys-lru");
        redis.commands()
                .aclSetuser(
                        "uninformed",
                        AclSetuserArgs.Builder.on()
                                .addPassword("hush")
                                .allKeys()
                                .allCommands()
                                .removeCommand(CommandType.INFO));
        RedisURI uri = redis.uri();
        uri.setCredentialsProvider(new StaticCredentialsProvider("uninformed", "hush".toCharArray()));
        logger().setLevel(Level.DEBUG);
        try (RedisLimitStore store = asking(TestStores.at(uri))) {
            await().until(() -> linesAt(Level.DEBUG).toString().contains("may the user run INFO?"));
            assertThat(store.serverVersion()).isEmpty();
        }
        assertThat(linesAt(Level.WARN)).isEmpty();
    }

    @Test
    void needsThePermissionToSelectForADatabaseThatIsNotTheFirst() {
        RedisURI uri = redis.uri();
        uri.setDatabase(1);
        uri.setCredentialsProvider(new StaticCredentialsProvider("elsewhere", "hush".toCharArray()));
        AclSetuserArgs user = AclSetuserArgs.Builder.on()
                .addPassword("hush")
                .allKeys()
                .addCommand(CommandType.EVALSHA)
                .addCommand(CommandType.EVAL)
                .addCommand(CommandType.TIME)
                .addCommand(CommandType.GET)
                .addCommand(CommandType.SET)
                .addCommand(CommandType.DEL);
        Demand demand = TestStores.demand("5/1h", Algorithm.TOKEN_BUCKET);
        redis.commands().aclSetuser("elsewhere", user);
        try (RedisLimitStore store = TestStores.at(uri).build()) {
            assertThat(TestStores.failure(store, demand))
                    .hasMessageContaining("the user lacks a permission")
                    .satisfies(failure -> assertThat(failure.kind()).isEqualTo(StoreException.Kind.PERMISSION));
            redis.commands().aclSetuser("elsewhere", user.addCommand(CommandType.SELECT));
            await().until(() -> TestStores.isServed(store, demand));
        }
    }
}
