package io.ratelimit.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.FailurePolicy;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An hour without the backend, in which a client does no more than it always may. */
class LongOutageTest {
    private static final Source BACKEND = new Source("backend");
    private static final Duration OUTAGE = Duration.ofHours(1);
    private static final Duration BACKEND_WORD = Duration.ofMinutes(2);
    private static final Duration STEP = Duration.ofSeconds(6);

    private final ManualTicker ticker = new ManualTicker(1_700_000_000_000_000L);
    private final SwitchedStore backend = new SwitchedStore(MemoryStore.of(ticker, 1_000, BACKEND));
    private final FailoverStore store = FailoverStore.around(backend)
            .settings(new FailoverSettings(3, Duration.ofSeconds(1), Duration.ofMillis(20), 1_000))
            .ticker(ticker)
            .build();

    @AfterEach
    void close() {
        store.close();
    }

    /** Ten requests a minute, half of what each of the limits allows at any time. */
    @ParameterizedTest
    @CsvSource({
        "20/1m, FIXED_WINDOW",
        "20/1m, SLIDING_LOG",
        "20/1m, SLIDING_COUNTER",
        "20/1m, TOKEN_BUCKET",
        "20/1m, LEAKY_BUCKET",
        "1200/1h, FIXED_WINDOW",
        "1200/1h, SLIDING_COUNTER",
        "1200/1h, TOKEN_BUCKET"
    })
    void locksNobodyOutWhoKeepsToHalfTheLimit(String text, Algorithm algorithm) {
        Limit limit = Limit.parse(text, algorithm);
        Demand demand = new Demand(new Key("light", "rule:" + limit.counterName()), limit, 1, FailurePolicy.LOCAL);
        List<Decision> before = walk(demand, Duration.ofMinutes(2));
        backend.failWith(StoreException.Kind.CONNECTION);
        List<Decision> during = walk(demand, OUTAGE);
        backend.heal();
        await().until(() -> store.circuitState() == CircuitState.CLOSED);
        List<Decision> after = walk(demand, Duration.ofMinutes(10));

        assertThat(before).allMatch(Decision::allowed);
        assertThat(during).allMatch(decision -> decision.source().equals(Source.FALLBACK));
        // Until then no more than what the backend last said remained, which may be less than was needed.
        assertThat(during.subList((int) BACKEND_WORD.dividedBy(STEP), during.size()))
                .as("in the outage, after the reset that the backend last told")
                .allMatch(Decision::allowed);
        assertThat(after)
                .as("afterwards")
                .allMatch(Decision::allowed)
                .allMatch(decision -> decision.source().equals(BACKEND));
    }

    private List<Decision> walk(Demand demand, Duration time) {
        List<Decision> decisions = new ArrayList<>();
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(STEP)) {
            decisions.add(store.execute(Operation.Acquire.of(demand))
                    .toCompletableFuture()
                    .join());
            ticker.advance(STEP);
        }
        return decisions;
    }
}
