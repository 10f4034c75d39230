package io.ratelimit.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.RateLimiter;
import io.ratelimit.Reservation;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Estimates of an outage, on one of two instances, of which less was needed. */
class PartialRefundTest {
    private static final long SHARE = 5;

    private final ManualTicker ticker = new ManualTicker(1_700_000_000_000_000L);
    private final SwitchedStore backend = new SwitchedStore(MemoryStore.of(ticker, 1_000, new Source("backend")));
    private final FailoverStore store = FailoverStore.around(backend)
            .settings(new FailoverSettings(1, Duration.ofSeconds(10), Duration.ofMillis(20), 1_000))
            .instances(() -> 2)
            .ticker(ticker)
            .build();

    @BeforeEach
    void outage() {
        backend.failWith(StoreException.Kind.CONNECTION);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void estimatesAboveTheShareBuyNoMoreThanTheShare(Algorithm algorithm) {
        RateLimiter limiter = limiter(algorithm);
        long used = 0;
        for (int i = 0; i < 10; i++) {
            Optional<Reservation> reservation = limiter.reserve("tenant", 8, Duration.ofMinutes(1));
            if (reservation.isPresent()) {
                assertThat(reservation.get().settle(3)).isTrue();
                used += 3;
            }
        }
        assertThat(used).isBetween(3L, SHARE);
        assertThat(limiter.peek("tenant").remaining())
                .as("of the share, after 3 really used")
                .isEqualTo(SHARE - 3);
    }

    @Test
    void aSettlementThatLeavesMoreThanTheShareGivesNothingBackHere() {
        RateLimiter limiter = limiter(Algorithm.FIXED_WINDOW);
        assertThat(limiter.reserve("tenant", 8, Duration.ofMinutes(1))
                        .orElseThrow()
                        .settle(6))
                .isTrue();

        assertThat(limiter.tryAcquire("tenant")).isFalse();

        backend.heal();
        await().until(() -> store.circuitState() == CircuitState.CLOSED);
        assertThat(limiter.acquire("tenant").remaining()).as("six and one").isEqualTo(3);
    }

    @Test
    void whatIsGivenBackWholeLeavesNothing() {
        RateLimiter limiter = limiter(Algorithm.SLIDING_LOG);
        limiter.reserve("tenant", 8, Duration.ofMinutes(1)).orElseThrow().close();

        assertThat(limiter.peek("tenant").remaining()).isEqualTo(SHARE);
    }

    private RateLimiter limiter(Algorithm algorithm) {
        return RateLimiter.builder()
                .limits(Limit.of(10, Duration.ofHours(1)).withAlgorithm(algorithm))
                .store(store)
                .build();
    }
}
