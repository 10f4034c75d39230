package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisURI;
import io.lettuce.core.StaticCredentialsProvider;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Demand;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a server refuses, on a server of its own because its configuration changes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServerFaultsTest {
    private static final Duration HEALED = Duration.ofSeconds(10);

    private final Demand demand = TestStores.demand("1000000/1h", Algorithm.TOKEN_BUCKET);
    private RedisFixture redis;
    private LimitStore store;

    @BeforeAll
    void start() {
        redis = RedisFixture.start();
        store = TestStores.at(redis).timeout(TestStores.PATIENT).build();
    }

    @AfterEach
    void heals() {
        await().atMost(HEALED).until(() -> TestStores.isServed(store, demand));
    }

    @AfterAll
    void stop() {
        store.close();
        redis.close();
    }

    @Test
    void sendsTheScriptAgainWhenTheServerHasForgottenIt() {
        for (int i = 0; i < 50; i++) {
            redis.commands().scriptFlush();
            assertThat(TestStores.acquire(store, demand).allowed()).isTrue();
        }
    }

    @Test
    void knowsTheScriptByTheNameThatTheServerGivesIt() {
        TestStores.acquire(store, demand);
        String sha1 = new String(Script.DECIDE.sha1(), StandardCharsets.US_ASCII);
        assertThat(redis.commands().scriptExists(sha1)).containsExactly(true);
    }

    @Test
    void tellsAPermissionThatIsMissing() {
        for (String missing : List.of("-evalsha", "-get", "-set", "-time")) {
            redis.commands().dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), userWithout(missing));
            RedisURI uri = redis.uri();
            uri.setCredentialsProvider(new StaticCredentialsProvider("limited", "any".toCharArray()));
            try (LimitStore limited =
                    RedisLimitStore.builder(uri).timeout(TestStores.PATIENT).build()) {
                assertThat(TestStores.failure(limited, demand).kind())
                        .as(missing)
                        .isEqualTo(Kind.PERMISSION);
            }
        }
    }

    @Test
    void tellsAWrongPasswordWithoutRepeatingIt() {
        RedisURI uri = redis.uri();
        uri.setCredentialsProvider(new StaticCredentialsProvider("nobody", "hunter2".toCharArray()));
        try (LimitStore stranger = RedisLimitStore.builder(uri).build()) {
            StoreException failure = TestStores.failure(stranger, demand);
            assertThat(failure.kind()).isEqualTo(Kind.AUTH);
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                assertThat(String.valueOf(cause.getMessage())).doesNotContain("hunter2");
            }
        }
    }

    @Test
    void repeatsNoPasswordOfAServerThatRepeatsWhatItDoesNotKnow() {
        try (RedisFixture strange =
                        RedisFixture.start("--rename-command", "HELLO", "", "--rename-command", "AUTH", "");
                LimitStore stranger = TestStores.at(withPassword(strange)).build()) {
            StoreException failure = TestStores.failure(stranger, demand);
            assertThat(failure.kind()).isEqualTo(Kind.UNKNOWN_COMMAND);
            assertThat(Throwables.getStackTrace(failure))
                    .contains("unknown command")
                    .doesNotContain("hunter2");
        }
    }

    private static RedisURI withPassword(RedisFixture server) {
        RedisURI uri = server.uri();
        uri.setCredentialsProvider(new StaticCredentialsProvider("somebody", "hunter2".toCharArray()));
        return uri;
    }

    private static CommandArgs<String, String> userWithout(String permission) {
        CommandArgs<String, String> args = new CommandArgs<>(StringCodec.UTF8);
        List.of("SETUSER", "limited", "on", "nopass", "~*", "+@all", permission).forEach(args::add);
        return args;
    }
}
