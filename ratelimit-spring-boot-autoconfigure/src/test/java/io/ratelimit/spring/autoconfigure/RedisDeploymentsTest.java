package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.RedisURI;
import io.lettuce.core.protocol.CommandType;
import io.ratelimit.RateLimiterRegistry;
import io.ratelimit.redis.testing.RedisCluster;
import io.ratelimit.redis.testing.RedisProcess;
import io.ratelimit.redis.testing.RedisSentinels;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Every sort of Redis that an application may configure is one that rules are counted in. */
class RedisDeploymentsTest {
    @Test
    void countsInACluster() {
        try (RedisCluster cluster = RedisCluster.ofMasters(3)) {
            assertCounts("spring.data.redis.cluster.nodes=" + list(cluster.uris()), "the cluster of ");
        }
    }

    @Test
    void countsInTheMasterThatSentinelsName() {
        try (RedisSentinels redis = RedisSentinels.start()) {
            assertCounts(
                    "spring.data.redis.sentinel.nodes=" + list(redis.uri().getSentinels()),
                    "the master \"main\" of 3 sentinels",
                    "spring.data.redis.sentinel.master=main");
        }
    }

    @Test
    void countsInTheMasterAmongSomeServers() {
        try (RedisProcess master = RedisProcess.start();
                RedisProcess replica =
                        RedisProcess.start("--replicaof", master.host(), Integer.toString(master.port()))) {
            assertCounts(
                    "spring.data.redis.masterreplica.nodes=" + list(List.of(replica.uri(), master.uri())),
                    "the master of ");
        }
    }

    @Test
    void refusesAUserWhoMayNotAskWhoHasWhichSlotOfACluster() {
        try (RedisCluster cluster = RedisCluster.ofMasters(1)) {
            cluster.commands(0)
                    .aclSetuser(
                            "limiter",
                            AclSetuserArgs.Builder.on()
                                    .addPassword("hush")
                                    .allKeys()
                                    .allCommands()
                                    .removeCommand(CommandType.CLUSTER));
            application(
                            "spring.data.redis.cluster.nodes=" + list(cluster.uris()),
                            "spring.data.redis.username=limiter",
                            "spring.data.redis.password=hush")
                    .run(context -> assertThat(context)
                            .hasFailed()
                            .getFailure()
                            .rootCause()
                            .hasMessageContaining("CLUSTER")
                            .hasMessageContaining("permission"));
        }
    }

    @Test
    void refusesAServerThatIsNoClusterWhereOneIsConfigured() {
        try (RedisProcess single = RedisProcess.start()) {
            application("spring.data.redis.cluster.nodes=" + list(List.of(single.uri())))
                    .run(context -> assertThat(context)
                            .hasFailed()
                            .getFailure()
                            .rootCause()
                            .hasMessageContaining("cluster support disabled")
                            .hasMessageContaining("spring.data.redis.host"));
        }
    }

    private static void assertCounts(String place, String said, String... more) {
        application(more).withPropertyValues(place).run(context -> {
            RateLimiterRegistry limiters = context.getBean(RateLimiterRegistry.class);
            assertThat(limiters.limiter("jobs").acquire("").source().id()).isEqualTo("redis");
            assertThat(limiters.limiter("jobs").acquire("").allowed()).isTrue();
            assertThat(limiters.limiter("jobs").acquire("").allowed()).isFalse();
            assertThat(context.getBean(BackendChoice.class).place()).contains(said);
        });
    }

    private static ApplicationContextRunner application(String... properties) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, SslAutoConfiguration.class))
                .withConfiguration(AutoConfigurations.of(Startup.ours()))
                .withPropertyValues(
                        "ratelimit.redis.timeout=10s",
                        "ratelimit.redis.circuit-breaker.slow-call-duration=9s",
                        "ratelimit.rules[0].id=jobs",
                        "ratelimit.rules[0].key=global",
                        "ratelimit.rules[0].limit=2/1h")
                .withPropertyValues(properties);
    }

    private static String list(List<RedisURI> addresses) {
        return addresses.stream()
                .map(uri -> uri.getHost() + ":" + uri.getPort())
                .collect(Collectors.joining(","));
    }
}
