package io.ratelimit.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.redis.testing.RedisCluster;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.redis.testing.TcpProxy;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletionException;

/** Stores and demands for tests. */
final class TestStores {
    /** Long enough for a machine that is busy with other things. */
    static final Duration PATIENT = Duration.ofSeconds(10);

    private static final ClientResources RESOURCES = sharedThreads();

    private TestStores() {}

    /** Returns threads that a connection keeps alive, as an application's would, when a test closes its store. */
    private static ClientResources sharedThreads() {
        ClientResources resources = DefaultClientResources.create();
        RedisClient.create(resources, RedisFixture.shared().uri()).connect();
        return resources;
    }

    /** Describes a store with keys of its own. */
    static RedisLimitStore.Builder at(RedisFixture redis) {
        return RedisLimitStore.builder(redis.uri()).resources(RESOURCES).namespace(redis.newNamespace());
    }

    /** Describes a store that goes through the proxy. */
    static RedisLimitStore.Builder through(TcpProxy proxy) {
        return at(RedisURI.create(proxy.host(), proxy.port()));
    }

    /** Describes a store with keys of its own, at any address. */
    static RedisLimitStore.Builder at(RedisURI uri) {
        return RedisLimitStore.builder(uri).resources(RESOURCES).namespace("test-" + UUID.randomUUID());
    }

    /** Describes a store in a cluster, with keys of its own. */
    static RedisLimitStore.Builder in(RedisCluster cluster) {
        return RedisLimitStore.cluster(cluster.uris()).resources(RESOURCES).namespace("test-" + UUID.randomUUID());
    }

    static Demand demand(String limit, Algorithm algorithm) {
        Limit parsed = Limit.parse(limit, algorithm);
        return Demand.of(new Key(UUID.randomUUID().toString(), "test:" + parsed.counterName()), parsed, 1);
    }

    static Decision acquire(LimitStore store, Demand demand) {
        return decide(store, Operation.Acquire.of(demand));
    }

    static Decision decide(LimitStore store, Operation operation) {
        return store.execute(operation).toCompletableFuture().join();
    }

    /** Returns how an acquisition fails. */
    static StoreException failure(LimitStore store, Demand demand) {
        try {
            Decision decision = acquire(store, demand);
            throw new AssertionError("expected a failure but was " + decision);
        } catch (CompletionException e) {
            return (StoreException) e.getCause();
        }
    }

    /** Returns whether an acquisition gets a decision, of either sort. */
    static boolean isServed(LimitStore store, Demand demand) {
        try {
            return acquire(store, demand).limit() > 0;
        } catch (CompletionException e) {
            return false;
        }
    }
}
