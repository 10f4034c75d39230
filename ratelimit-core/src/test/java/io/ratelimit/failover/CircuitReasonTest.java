package io.ratelimit.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.Ticker;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Why the circuit opened, as listeners are told. */
class CircuitReasonTest {
    private static final Duration SLOW = Duration.ofMillis(300);

    private final SwitchedStore backend =
            new SwitchedStore(MemoryStore.of(Ticker.system(), 1_000, new Source("backend")));
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final FailoverStore store = FailoverStore.around(backend)
            .settings(new FailoverSettings(2, SLOW, Duration.ofSeconds(8), 100))
            .listener(new FailoverListener() {
                @Override
                public void circuitChanged(CircuitState state, @Nullable StoreException reason) {
                    told.add(state.id() + " "
                            + (reason == null ? "slow" : reason.kind().id()));
                }
            })
            .build();

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
        backend.answerAfter(SLOW);
        ask();
        ask();
        await().until(() -> !told.isEmpty());
        assertThat(told).containsExactly("open slow");
    }
}
