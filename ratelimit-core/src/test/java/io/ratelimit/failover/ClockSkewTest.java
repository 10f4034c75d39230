package io.ratelimit.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An outage where the clock of this process is not that of the backend: neither end gives a fresh quota. */
class ClockSkewTest {
    private static final long NOON_MICROS = 1_700_000_000_000_000L;
    private static final Duration WINDOW = Duration.ofMinutes(1);

    static Stream<Arguments> skews() {
        return Stream.of(
                        Duration.ofHours(1),
                        Duration.ofHours(1).negated(),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1).negated(),
                        Duration.ofSeconds(30))
                .flatMap(skew -> Stream.of(Algorithm.values()).map(algorithm -> Arguments.of(algorithm, skew)));
    }

    @ParameterizedTest(name = "{0}, {1} ahead")
    @MethodSource("skews")
    void anOutageGivesNoFreshQuota(Algorithm algorithm, Duration ahead) {
        ManualTicker theirs = new ManualTicker(NOON_MICROS);
        ManualTicker ours = new ManualTicker(NOON_MICROS);
        ours.advance(ahead);
        SwitchedStore backend = new SwitchedStore(MemoryStore.of(theirs, 1_000, new Source("backend")));
        Limit limit = Limit.of(5, WINDOW).withAlgorithm(algorithm);
        Demand demand = Demand.of(new Key("someone", "rule:" + limit.counterName()), limit, 1);
        try (FailoverStore store = FailoverStore.around(backend)
                .settings(new FailoverSettings(1, Duration.ofSeconds(10), Duration.ofMillis(20), 1_000))
                .ticker(ours)
                .build()) {
            assertThat(admitted(store, demand, 3)).isEqualTo(3);

            backend.failWith(StoreException.Kind.CONNECTION);
            assertThat(admitted(store, demand, 10)).as("what remained").isEqualTo(2);
            Decision denied = acquire(store, demand);
            assertThat(denied.source()).isEqualTo(Source.FALLBACK);
            assertThat(denied.remaining()).isZero();
            assertThat(denied.retryAfter())
                    .hasValueSatisfying(
                            wait -> assertThat(wait).isBetween(Duration.ofNanos(1), WINDOW.multipliedBy(2)));

            backend.heal();
            await().until(() -> store.circuitState() == CircuitState.CLOSED);
            assertThat(acquire(store, demand).allowed())
                    .as("the first decision afterwards, in the same window")
                    .isFalse();

            theirs.advance(WINDOW.multipliedBy(2));
            ours.advance(WINDOW.multipliedBy(2));
            assertThat(admitted(store, demand, 10)).as("two windows later").isEqualTo(5);
        }
    }

    private static int admitted(FailoverStore store, Demand demand, int asked) {
        int admitted = 0;
        for (int i = 0; i < asked; i++) {
            admitted += acquire(store, demand).allowed() ? 1 : 0;
        }
        return admitted;
    }

    private static Decision acquire(FailoverStore store, Demand demand) {
        return store.execute(Operation.Acquire.of(demand)).toCompletableFuture().join();
    }
}
