package io.ratelimit.redis;

import io.ratelimit.limit.Ticker;
import io.ratelimit.redis.testing.RedisCluster;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.LimitStoreContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A cluster keeps the promises of a store that is one whole. */
class RedisClusterLimitStoreTest extends LimitStoreContract {
    private static RedisCluster cluster;

    @BeforeAll
    static void startCluster() {
        cluster = RedisCluster.ofMasters(3);
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    @Override
    protected LimitStore newStore(Ticker ticker) {
        return TestStores.in(cluster).ticker(ticker).timeout(TestStores.PATIENT).build();
    }
}
