package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.store.LimitStore;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several instances of an application, each with a store, count as one, by the server's clock. */
class ConcurrencyTest {
    private static final int INSTANCES = 4;
    private static final int THREADS = 64;
    private static final int REQUESTS = 2_000;

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void admitExactlyTheLimitTogether(Algorithm algorithm) throws Exception {
        RedisFixture redis = RedisFixture.shared();
        String namespace = redis.newNamespace();
        List<RedisLimitStore> instances = IntStream.range(0, INSTANCES)
                .mapToObj(i -> TestStores.at(redis)
                        .namespace(namespace)
                        .timeout(TestStores.PATIENT)
                        .build())
                .toList();
        // No window begins and no permit is refilled within the seconds that this takes.
        Demand demand = TestStores.demand("200/366d", algorithm);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            long admitted = threads
                    .invokeAll(IntStream.range(0, REQUESTS)
                            .mapToObj(i ->
                                    (Callable<Decision>) () -> TestStores.acquire(instances.get(i % INSTANCES), demand))
                            .toList())
                    .stream()
                    .filter(decision -> allowed(decision))
                    .count();
            assertThat(admitted).isEqualTo(200);
        } finally {
            threads.shutdownNow();
            instances.forEach(LimitStore::close);
        }
    }

    private static boolean allowed(Future<Decision> decision) {
        try {
            return decision.get().allowed();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }
}
