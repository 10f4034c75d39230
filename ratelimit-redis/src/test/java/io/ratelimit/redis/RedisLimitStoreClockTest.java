package io.ratelimit.redis;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Ticker;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.store.ClockContract;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

/** One connection for all courses, each of which has a clock of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisLimitStoreClockTest extends ClockContract {
    private volatile Ticker clock = Ticker.system();
    private final LimitStore redis = TestStores.at(RedisFixture.shared())
            .timeout(TestStores.PATIENT)
            .ticker(() -> clock.epochMicros())
            .build();

    @AfterAll
    void close() {
        redis.close();
    }

    @Override
    protected LimitStore newStore(Ticker ticker) {
        clock = ticker;
        return new LimitStore() {
            @Override
            public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
                return redis.executeAll(operations);
            }

            @Override
            public void close() {
                // The connection stays for the next.
            }
        };
    }
}
