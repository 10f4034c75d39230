package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.RedisURI;
import io.lettuce.core.protocol.CommandType;
import io.ratelimit.RateLimiterRegistry;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.redis.testing.RedisCluster;
import io.ratelimit.redis.testing.RedisProcess;
import io.ratelimit.redis.testing.RedisSentinels;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
    void countsSeveralIdentitiesInAClusterOfOneNodeThatIsAddressedAsOneServer() {
        try (RedisCluster cluster = RedisCluster.ofMasters(1)) {
            application(
                            "spring.data.redis.host=" + cluster.node(0).host(),
                            "spring.data.redis.port=" + cluster.node(0).port())
                    .run(context -> {
                        LimitStore store = context.getBean(LimitStore.class);
                        Limit limit = Limit.parse("3/1h");
                        Operation both = Operation.Acquire.of(
                                Demand.of(new Key("one", "a:" + limit.counterName()), limit, 1),
                                Demand.of(new Key("two", "a:" + limit.counterName()), limit, 1));
                        for (int i = 0; i < 4; i++) {
                            Decision decision =
                                    store.execute(both).toCompletableFuture().join();
                            assertThat(decision.source().id()).isEqualTo("redis");
                            assertThat(decision.allowed()).isEqualTo(i < 3);
                        }
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void refusesOneNodeOfACluster(int masters) {
        try (RedisCluster cluster = RedisCluster.ofMasters(masters)) {
            for (int node = 0; node < masters; node++) {
                assertThat(Startup.refusalOf(application(
                                "spring.data.redis.host=" + cluster.node(node).host(),
                                "spring.data.redis.port=" + cluster.node(node).port())))
                        .contains("a node of a cluster", "spring.data.redis.cluster.nodes");
            }
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
