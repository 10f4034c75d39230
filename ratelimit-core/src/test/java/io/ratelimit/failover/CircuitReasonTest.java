package io.ratelimit.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.Ticker;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Why the circuit opened, as listeners are told. */
class CircuitReasonTest {
    private static final Duration SLOW = Duration.ofMillis(300);

    private final SwitchedStore backend =
            new SwitchedStore(MemoryStore.of(Ticker.system(), 1_000, new Source("backend")));
    private volatile boolean slow;
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final FailoverStore store = FailoverStore.around(new Delayed())
            .settings(new FailoverSettings(2, SLOW, Duration.ofSeconds(8), 100))
            .listener(new FailoverListener() {
                @Override
                public void circuitChanged(CircuitState state, @Nullable StoreException reason) {
                    told.add(state.id() + " "
                            + (reason == null ? "slow" : reason.kind().id()));
                }
            })
            .build();

    private final class Delayed implements LimitStore {
        @Override
        public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
            CompletionStage<List<Decision>> answer = backend.executeAll(operations);
            if (!slow) {
                return answer;
            }
            Executor later = CompletableFuture.delayedExecutor(SLOW.toMillis(), TimeUnit.MILLISECONDS);
            return answer.thenApplyAsync(decisions -> decisions, later);
        }

        @Override
        public void close() {
            backend.close();
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void ask() {
        Demand demand = Demand.of(new Key("someone", "rule"), Limit.parse("100/1h"), 1);
        assertThat(store.execute(Operation.Acquire.of(demand))).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void isTheFailureThatOpenedIt() {
        ask();
        backend.failWith(Kind.OOM);
        ask();
        ask();
        await().until(() -> !told.isEmpty());
        assertThat(told).containsExactly("open oom");
    }

    @Test
    void isThatTheBackendIsSlowAlsoIfItFailedBefore() {
        backend.failWith(Kind.OOM);
        ask();
        backend.heal();
        ask();
        slow = true;
        ask();
        ask();
        await().until(() -> !told.isEmpty());
        assertThat(told).containsExactly("open slow");
    }
}
