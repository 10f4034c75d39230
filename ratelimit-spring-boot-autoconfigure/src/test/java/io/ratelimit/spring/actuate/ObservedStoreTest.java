package io.ratelimit.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ObservedStoreTest {
    private static final Demand DEMAND = Demand.of(new Key("secret-digest", "a:tb1h"), Limit.parse("1/1h"), 1);

    private final List<String> stopped = new ArrayList<>();
    private final ObservationRegistry registry = ObservationRegistry.create();

    ObservedStoreTest() {
        registry.observationConfig().observationHandler(new ObservationHandler<>() {
            @Override
            public void onStop(Observation.Context context) {
                stopped.add(context.getName() + " "
                        + context.getAllKeyValues().stream()
                                .map(KeyValue::toString)
                                .collect(Collectors.joining(" ")));
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
    }

    @Test
    void makesOneObservationOfEachAcquisition() {
        LimitStore store = new ObservedStore(MemoryStore.withMaxKeys(10), registry, "memory");
        assertThat(store.execute(Operation.Acquire.of(DEMAND)).toCompletableFuture())
                .isCompleted();
        assertThat(store.execute(Operation.Acquire.of(DEMAND)).toCompletableFuture())
                .isCompleted();
        assertThat(store.execute(Operation.Peek.of(DEMAND)).toCompletableFuture())
                .isCompleted();
        assertThat(stopped).hasSize(2).noneMatch(line -> line.contains("secret-digest"));
        assertThat(stopped.get(0)).contains("ratelimit.acquire", "memory", "allowed");
        assertThat(stopped.get(1)).contains("denied");
    }

    @Test
    void endsTheObservationOfAFailure() {
        LimitStore broken = new LimitStore() {
            @Override
            public CompletionStage<Decision> execute(Operation operation) {
                return CompletableFuture.failedFuture(new IllegalStateException("broken"));
            }

            @Override
            public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
                return CompletableFuture.failedFuture(new IllegalStateException("broken"));
            }

            @Override
            public void close() {}
        };
        assertThat(new ObservedStore(broken, registry, "redis")
                        .execute(Operation.Acquire.of(DEMAND))
                        .toCompletableFuture())
                .isCompletedExceptionally();
        assertThat(stopped).singleElement().asString().contains("failed");
    }
}
