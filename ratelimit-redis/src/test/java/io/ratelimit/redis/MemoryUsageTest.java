package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a counter costs the server, by MEMORY USAGE, with keys as long as real ones. Other allocators round otherwise. */
class MemoryUsageTest {
    private static final String NAMESPACE = "ratelimit";
    private static final String OWNER = "0123456789abcdefABCDEF";

    private final RedisFixture redis = RedisFixture.shared();
    private final ManualTicker ticker = new ManualTicker(1_700_000_000_000_000L);

    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"FIXED_WINDOW", "SLIDING_COUNTER", "TOKEN_BUCKET", "LEAKY_BUCKET"})
    void aCounterTakesLittleMoreThanAHundredBytes(Algorithm algorithm) {
        try (LimitStore store = store()) {
            for (String text : List.of("5/1m", "1000/1h", "100000/30d")) {
                Demand demand = demand(text, algorithm);
                TestStores.acquire(store, demand);
                TestStores.decide(store, Operation.Charge.of(demand.withCost(3)));
                assertThat(memoryOf(demand))
                        .as("bytes of %s %s", algorithm, text)
                        .isLessThanOrEqualTo(128);
                TestStores.decide(store, new Operation.Reset(List.of(demand)));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"5, 1m, 208", "100, 1h, 1400", "10000, 1h, 125000", "10000, 5m, 140000"})
    void aLogTakesTenBytesAnEntry(int permits, String window, long bytes) {
        try (LimitStore store = store()) {
            Demand demand = demand(permits + "/" + window, Algorithm.SLIDING_LOG);
            Duration between = demand.limit().window().dividedBy(permits + 1L);
            for (int i = 0; i < permits; i++) {
                ticker.advance(between);
                TestStores.acquire(store, demand);
            }
            assertThat(memoryOf(demand)).as("bytes of %d entries", permits).isLessThanOrEqualTo(bytes);
            TestStores.decide(store, new Operation.Reset(List.of(demand)));
        }
    }

    private LimitStore store() {
        return TestStores.at(redis)
                .namespace(NAMESPACE)
                .timeout(TestStores.PATIENT)
                .ticker(ticker)
                .build();
    }

    private static Demand demand(String text, Algorithm algorithm) {
        Limit limit = Limit.parse(text, algorithm);
        return Demand.of(new Key(OWNER, "login:" + limit.counterName()), limit, 1);
    }

    private long memoryOf(Demand demand) {
        String key = NAMESPACE + ":{" + OWNER + "}:" + demand.key().counter();
        return redis.commands().memoryUsage(key);
    }
}
