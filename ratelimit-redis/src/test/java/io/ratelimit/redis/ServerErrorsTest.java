package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.ratelimit.failover.FailoverListener;
import io.ratelimit.failover.FailoverSettings;
import io.ratelimit.failover.FailoverStore;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.redis.testing.TcpProxy;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What real servers refuse, each on a server of its own: the error is told by its kind, every decision is taken
 * nevertheless, and the server decides again once the cause is gone.
 */
class ServerErrorsTest {
    private static final Duration HEALED = Duration.ofSeconds(10);
    private static final int SLOTS = 16_384;

    private final Demand demand = TestStores.demand("1000000/1h", Algorithm.TOKEN_BUCKET);
    private final Queue<Kind> kinds = new ConcurrentLinkedQueue<>();

    @Test
    void aReplicaIsReadonly() {
        try (RedisFixture redis = RedisFixture.start()) {
            assertTold(
                    Kind.READONLY,
                    redis,
                    () -> redis.commands().replicaof("127.0.0.1", 1),
                    () -> redis.commands().replicaofNoOne());
        }
    }

    @Test
    void aReplicaWithoutItsMasterIsMasterDown() {
        try (RedisFixture redis = RedisFixture.start("--replica-serve-stale-data", "no")) {
            assertTold(
                    Kind.MASTER_DOWN,
                    redis,
                    () -> redis.commands().replicaof("127.0.0.1", 1),
                    () -> redis.commands().replicaofNoOne());
        }
    }

    @Test
    void aServerWithoutMemoryIsOom() {
        try (RedisFixture redis = RedisFixture.start("--maxmemory-policy", "noeviction")) {
            assertToldWhile(Kind.OOM, redis, "maxmemory", "1", "0");
        }
    }

    @Test
    void aServerWithoutReplicasIsNoReplicas() {
        try (RedisFixture redis = RedisFixture.start()) {
            assertToldWhile(Kind.NO_REPLICAS, redis, "min-replicas-to-write", "1", "0");
        }
    }

    @Test
    void aServerWithoutRoomIsMaxClients() {
        try (RedisFixture redis = RedisFixture.start()) {
            assertTold(
                    Kind.MAX_CLIENTS,
                    redis,
                    () -> {
                        redis.commands().configSet("maxclients", "1");
                        killClients(redis);
                    },
                    () -> redis.commands().configSet("maxclients", "1000"));
        }
    }

    @Test
    void aPasswordThatIsSetMeanwhileIsAuth() {
        try (RedisFixture redis = RedisFixture.start()) {
            assertTold(
                    Kind.AUTH,
                    redis,
                    () -> {
                        redis.commands().configSet("requirepass", "hush");
                        killClients(redis);
                    },
                    () -> redis.commands().configSet("requirepass", ""));
        }
    }

    @Test
    void aPermissionThatIsTakenAwayIsPermission() {
        try (RedisFixture redis = RedisFixture.start()) {
            assertTold(
                    Kind.PERMISSION,
                    redis,
                    () -> redis.commands()
                            .aclSetuser("default", AclSetuserArgs.Builder.removeCommand(CommandType.EVALSHA)),
                    () -> redis.commands()
                            .aclSetuser("default", AclSetuserArgs.Builder.addCommand(CommandType.EVALSHA)));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = CommandType.class,
            names = {"SETRANGE", "PEXPIREAT"})
    void aPermissionThatAScriptMissesHalfWayIsPermissionAndNobodyPaysTwiceForTheCall(CommandType command) {
        Demand logged = TestStores.demand("200/1m", Algorithm.SLIDING_LOG);
        try (RedisFixture redis = RedisFixture.start();
                LimitStore store =
                        TestStores.at(redis).timeout(TestStores.PATIENT).build()) {
            for (int i = 0; i < 60; i++) {
                TestStores.acquire(store, logged);
            }
            redis.commands().aclSetuser("default", AclSetuserArgs.Builder.removeCommand(command));
            StoreException failure = TestStores.failure(store, logged);
            assertThat(failure.kind()).isEqualTo(Kind.PERMISSION);
            assertThat(failure.fate()).isEqualTo(StoreException.Fate.UNKNOWN);
        }
    }

    @Test
    void aScriptOfSomebodyElseIsBusy() {
        try (RedisFixture redis = RedisFixture.start("--lua-time-limit", "1");
                RedisClient somebody = RedisClient.create(redis.uri())) {
            assertTold(
                    Kind.BUSY,
                    redis,
                    () -> {
                        var unused = somebody.connect().async().eval("while true do end", ScriptOutputType.STATUS);
                    },
                    () -> redis.commands().scriptKill());
        }
    }

    @Test
    void aServerThatCannotSaveIsMisconf() throws IOException {
        String file = UUID.randomUUID() + ".rdb";
        try (RedisFixture redis = RedisFixture.start("--dbfilename", file)) {
            redis.commands().configSet("save", "3600 1");
            Path inTheWay = Path.of(redis.commands().configGet("dir").get("dir"), file);
            assumeThat(inTheWay.getParent()).as("a server on this machine").isDirectory();
            try {
                assertTold(
                        Kind.MISCONF,
                        redis,
                        () -> {
                            makeDirectory(inTheWay);
                            save(redis, "err");
                        },
                        () -> {
                            delete(inTheWay);
                            save(redis, "ok");
                        });
            } finally {
                Files.deleteIfExists(inTheWay);
            }
        }
    }

    @Test
    void aServerThatReadsItsDataIsLoading() throws IOException {
        String file = UUID.randomUUID() + ".rdb";
        try (RedisFixture redis = RedisFixture.start("--dbfilename", file, "--rdbcompression", "no")) {
            Path saved = Path.of(redis.commands().configGet("dir").get("dir"), file);
            fill(redis);
            redis.commands().configSet("key-load-delay", "1500");
            try (RedisClient another = RedisClient.create(redis.uri())) {
                assertTold(
                        Kind.LOADING,
                        redis,
                        () -> {
                            var unused = another.connect()
                                    .async()
                                    .dispatch(CommandType.DEBUG, new StatusOutput<>(StringCodec.UTF8), args("RELOAD"));
                        },
                        () -> {});
            } finally {
                Files.deleteIfExists(saved);
            }
        }
    }

    @Test
    void aServerWithoutACommandIsUnknownCommand() {
        try (RedisFixture without = RedisFixture.start("--rename-command", "EVALSHA", "");
                RedisFixture with = RedisFixture.start();
                TcpProxy proxy = TcpProxy.to(with)) {
            assertTold(
                    Kind.UNKNOWN_COMMAND,
                    RedisURI.create(proxy.host(), proxy.port()),
                    () -> proxy.leadTo(without),
                    () -> proxy.leadTo(with));
        }
    }

    @Test
    void aCommandThatOnlyTheScriptMissesIsUnknownCommandToo() {
        try (RedisFixture without = RedisFixture.start("--rename-command", "SET", "");
                LimitStore store =
                        TestStores.at(without).timeout(TestStores.PATIENT).build()) {
            assertThat(TestStores.failure(store, demand).kind()).isEqualTo(Kind.UNKNOWN_COMMAND);
        }
    }

    @Test
    void aNodeWithoutItsSlotsIsClusterDown(@TempDir Path directory) {
        Path nodes = directory.resolve("nodes.conf");
        try (RedisFixture redis = RedisFixture.start(
                "--cluster-enabled",
                "yes",
                "--cluster-config-file",
                nodes.toString(),
                "--cluster-node-timeout",
                "500")) {
            giveSlots(redis);
            assertTold(
                    Kind.CLUSTER_DOWN, redis, () -> redis.commands().clusterDelSlots(slots()), () -> giveSlots(redis));
        }
    }

    private static int[] slots() {
        return IntStream.range(0, SLOTS).toArray();
    }

    private static void giveSlots(RedisFixture redis) {
        redis.commands().clusterAddSlots(slots());
        await().atMost(HEALED).until(() -> redis.commands().clusterInfo().contains("cluster_state:ok"));
    }

    private static void killClients(RedisFixture redis) {
        redis.commands().clientKill(KillArgs.Builder.typeNormal().skipme());
    }

    private static void save(RedisFixture redis, String outcome) {
        redis.commands().bgsave();
        await().atMost(HEALED)
                .until(() -> redis.commands().info("persistence").contains("rdb_last_bgsave_status:" + outcome));
    }

    /** So much that the server looks up from reading several times: it does so every 2 MB. */
    private static void fill(RedisFixture redis) {
        try {
            redis.commands()
                    .dispatch(
                            CommandType.DEBUG,
                            new StatusOutput<>(StringCodec.UTF8),
                            args("POPULATE", "1500", "filler", "20000"));
        } catch (RedisCommandExecutionException refused) {
            assumeThat(refused).as("DEBUG is allowed").isNull();
        }
    }

    private static CommandArgs<String, String> args(String... words) {
        CommandArgs<String, String> args = new CommandArgs<>(StringCodec.UTF8);
        List.of(words).forEach(args::add);
        return args;
    }

    private static void makeDirectory(Path path) {
        try {
            Files.deleteIfExists(path);
            Files.createDirectory(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path path) {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertToldWhile(Kind kind, RedisFixture redis, String setting, String bad, String good) {
        RedisCommands<String, String> commands = redis.commands();
        assertTold(kind, redis, () -> commands.configSet(setting, bad), () -> commands.configSet(setting, good));
    }

    private void assertTold(Kind kind, RedisFixture redis, Runnable fault, Runnable cure) {
        assertTold(kind, redis.uri(), fault, cure);
    }

    private void assertTold(Kind kind, RedisURI uri, Runnable fault, Runnable cure) {
        try (FailoverStore store = failover(uri)) {
            await().atMost(HEALED).until(() -> isDecidedBy("redis", store));
            fault.run();
            await().atMost(HEALED).until(() -> isDecidedBy("fallback", store) && kinds.contains(kind));
            for (int i = 0; i < 100; i++) {
                assertThat(decide(store).allowed()).isTrue();
            }
            assertThat(kinds).as("the kinds that were told").containsAnyOf(kind).doesNotContain(Kind.OTHER);
            cure.run();
            await().atMost(HEALED).until(() -> isDecidedBy("redis", store));
        }
    }

    private FailoverStore failover(RedisURI uri) {
        LimitStore redis = TestStores.at(uri).timeout(TestStores.PATIENT).build();
        return FailoverStore.around(redis)
                .settings(new FailoverSettings(3, TestStores.PATIENT, Duration.ofMillis(100), 100))
                .listener(new FailoverListener() {
                    @Override
                    public void failed(StoreException failure) {
                        kinds.add(failure.kind());
                    }
                })
                .build();
    }

    private boolean isDecidedBy(String source, LimitStore store) {
        return decide(store).source().id().equals(source);
    }

    /** Decides, or fails the test: an error of the server is never the caller's. */
    private Decision decide(LimitStore store) {
        return TestStores.acquire(store, demand);
    }
}
