package io.ratelimit.redis.testing;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A master with two replicas, and three sentinels that watch it, on the loopback interface. A failover begins a second after
 * the master was last heard of. Not safe for several threads.
 */
public final class RedisSentinels implements AutoCloseable {
    private static final String NAME = "main";
    private static final int QUORUM = 2;
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final List<RedisProcess> servers = new ArrayList<>();
    private final List<RedisProcess> sentinels = new ArrayList<>();

    private RedisSentinels() {}

    /** Starts the servers and the sentinels, and returns when they know each other. */
    public static RedisSentinels start() {
        RedisSentinels all = new RedisSentinels();
        try {
            all.startServers();
            all.startSentinels();
            return all;
        } catch (RuntimeException failed) {
            all.close();
            throw failed;
        }
    }

    private void startServers() {
        servers.add(RedisProcess.start());
        String master = servers.get(0).host() + " " + servers.get(0).port();
        for (int i = 0; i < 2; i++) {
            servers.add(RedisProcess.start(
                    "--replicaof",
                    servers.get(0).host(),
                    Integer.toString(servers.get(0).port())));
        }
        await().alias("replicas of " + master)
                .atMost(LONGEST)
                .until(() -> servers.subList(1, 3).stream()
                        .allMatch(replica ->
                                replica.ask(redis -> redis.info("replication")).contains("master_link_status:up")));
    }

    private void startSentinels() {
        RedisProcess master = servers.get(0);
        for (int i = 0; i < 3; i++) {
            sentinels.add(RedisProcess.sentinel(
                    "sentinel monitor " + NAME + " " + master.host() + " " + master.port() + " " + QUORUM,
                    "sentinel down-after-milliseconds " + NAME + " 1000",
                    "sentinel failover-timeout " + NAME + " 3000"));
        }
        await().alias("sentinels")
                .atMost(LONGEST)
                .until(() -> sentinels.stream().allMatch(RedisSentinels::knowsTheOthers));
    }

    private static boolean knowsTheOthers(RedisProcess sentinel) {
        return sentinel.ask(redis -> redis.info("sentinel")).contains("status=ok")
                && sentinel.ask(redis -> redis.info("sentinel")).contains("slaves=2,sentinels=3");
    }

    /** Returns the address of the master, by way of the sentinels. */
    public RedisURI uri() {
        RedisURI.Builder uri = RedisURI.builder().withSentinelMasterId(NAME);
        sentinels.forEach(sentinel -> uri.withSentinel(sentinel.host(), sentinel.port()));
        return uri.build();
    }

    /** Returns the server that is the master of its own account. */
    public RedisProcess master() {
        return servers.stream()
                .filter(RedisProcess::isRunning)
                .filter(server -> server.ask(redis -> redis.info("replication")).contains("role:master"))
                .findFirst()
                .orElseThrow();
    }

    /** Returns whether another server than that one is a master of its own account. */
    public boolean promotedInsteadOf(RedisProcess old) {
        return servers.stream()
                .filter(server -> server != old)
                .anyMatch(
                        server -> server.ask(redis -> redis.info("replication")).contains("role:master"));
    }

    /** Kills all sentinels. */
    public void killSentinels() {
        sentinels.forEach(RedisProcess::kill);
    }

    /** Starts the sentinels again. */
    public void restartSentinels() {
        sentinels.forEach(RedisProcess::restart);
    }

    @Override
    public void close() {
        sentinels.forEach(RedisProcess::close);
        servers.forEach(RedisProcess::close);
    }
}
