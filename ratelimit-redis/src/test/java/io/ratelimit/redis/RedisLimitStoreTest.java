package io.ratelimit.redis;

import io.ratelimit.limit.Ticker;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.LimitStoreContract;
import java.time.Duration;

class RedisLimitStoreTest extends LimitStoreContract {
    private final RedisFixture redis = RedisFixture.shared();

    @Override
    protected LimitStore newStore(Ticker ticker) {
        return TestStores.at(redis)
                .timeout(Duration.ofSeconds(10))
                .ticker(ticker)
                .build();
    }
}
