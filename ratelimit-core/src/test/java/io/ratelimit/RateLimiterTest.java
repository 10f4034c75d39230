package io.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
    private final ManualTicker ticker = new ManualTicker(1_700_000_000_000_000L);

    @Test
    void admitsAsManyAsTheLimitSaysForEachKeyApart() {
        RateLimiter limiter = RateLimiter.inMemory(Limit.parse("10/1h"));
        for (int i = 0; i < 10; i++) {
            assertThat(limiter.tryAcquire("user-123")).isTrue();
        }
        assertThat(limiter.tryAcquire("user-123")).isFalse();
        assertThat(limiter.tryAcquire("user-124")).isTrue();
    }

    @Test
    void tellsTheWholeDecision() {
        RateLimiter limiter = limiter(Limit.parse("5/1m", Algorithm.FIXED_WINDOW));

        Decision decision = limiter.acquire("user", 5);
        Decision denied = limiter.acquire("user");

        assertThat(decision.allowed()).isTrue();
        assertThat(decision.limit()).isEqualTo(5);
        assertThat(decision.source()).isEqualTo(Source.MEMORY);
        assertThat(denied.allowed()).isFalse();
        assertThat(denied.retryAfter()).contains(denied.resetAfter());
        ticker.advance(denied.resetAfter());
        assertThat(limiter.tryAcquire("user")).isTrue();
    }

    @Test
    void takesFromAllLimitsOrFromNone() {
        RateLimiter limiter = limiter(Limit.parse("10/1s"), Limit.parse("12/1h"));

        assertThat(limiter.tryAcquire("user", 10)).isTrue();
        assertThat(limiter.tryAcquire("user", 3)).isFalse();
        ticker.advance(Duration.ofSeconds(1));

        assertThat(limiter.peek("user").remaining()).isEqualTo(2);
        assertThat(limiter.tryAcquire("user", 2)).isTrue();
    }

    @Test
    void tellsTwoLimitsOfTheSameAlgorithmAndWindowApart() {
        RateLimiter limiter = limiter(Limit.parse("10/1s"), Limit.parse("3/1s"));

        assertThat(limiter.acquire("user", 3).remaining()).isZero();
        assertThat(limiter.tryAcquire("user")).isFalse();
    }

    @Test
    void givesBackChargesAndForgets() {
        RateLimiter limiter = limiter(Limit.parse("5/1h"));
        Decision taken = limiter.acquire("user", 2);

        limiter.refund(taken);
        assertThat(limiter.peek("user").remaining()).isEqualTo(5);
        assertThat(limiter.charge("user", 7).remaining()).isZero();
        assertThat(limiter.tryAcquire("user")).isFalse();
        limiter.reset("user");
        assertThat(limiter.tryAcquire("user", 5)).isTrue();
    }

    @Test
    void saysNeverWhenTheCostIsAboveTheCapacity() {
        assertThat(limiter(Limit.parse("5/1h")).acquire("user", 6).retryAfter()).isEmpty();
        assertThat(limiter(Limit.parse("5/1h")).acquire("user", Long.MAX_VALUE).retryAfter())
                .isEmpty();
    }

    @Test
    void acceptsKeysOfAnyLengthAndAnyCharacters() {
        RateLimiter limiter = limiter(Limit.parse("1/1h"));
        for (String key :
                List.of("", " ", "\u0000", "a\r\nb", "{x}:y", "\ud800", "x".repeat(1_000_000), "ü", "u\u0308")) {
            assertThat(limiter.tryAcquire(key)).as("first").isTrue();
            assertThat(limiter.tryAcquire(key)).as("second").isFalse();
        }
    }

    @Test
    void refusesCostsBelowOneAndNoLimits() {
        RateLimiter limiter = limiter(Limit.parse("1/1h"));
        assertThatThrownBy(() -> limiter.tryAcquire("user", 0))
                .hasMessageStartingWith("cost: 0 (expected: a whole number");
        assertThatThrownBy(() -> RateLimiter.inMemory()).hasMessageStartingWith("limit: none");
        assertThatThrownBy(() -> limiter.tryAcquire(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void answersWithoutBlockingToo() {
        RateLimiter limiter = limiter(Limit.parse("1/1h"));
        assertThat(limiter.acquireAsync("user")
                        .thenCombine(
                                limiter.acquireAsync("user"),
                                (first, second) -> List.of(first.allowed(), second.allowed())))
                .isCompletedWithValue(List.of(true, false));
    }

    @Test
    void tellsListenersAndSurvivesThem() {
        List<RuleDecision> told = new ArrayList<>();
        RateLimiter limiter = RateLimiter.builder()
                .name("sms")
                .limits(Limit.parse("1/1h"))
                .listener((decision, took) -> {
                    throw new IllegalStateException("broken listener");
                })
                .listener((decision, took) -> told.add(decision))
                .build();

        assertThat(limiter.tryAcquire("user")).isTrue();
        assertThat(limiter.tryAcquire("user")).isFalse();
        assertThat(told)
                .extracting(decision -> decision.rules().get(0).allowed())
                .containsExactly(true, false);
        assertThat(told.get(0).rules().get(0).demand().rule().id()).isEqualTo("sms");
    }

    @Test
    void failsWithWhatTheStoreSaysAndLeavesABorrowedStoreOpen() {
        FailingStore store = new FailingStore();
        try (RateLimiter limiter =
                RateLimiter.builder().limits(Limit.parse("1/1h")).store(store).build()) {
            assertThatThrownBy(() -> limiter.tryAcquire("user"))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.TIMEOUT));
        }
        assertThat(store.closed).isFalse();
    }

    private RateLimiter limiter(Limit... limits) {
        return RateLimiter.builder().limits(limits).ticker(ticker).build();
    }

    private static final class FailingStore implements LimitStore {
        private boolean closed;

        @Override
        public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
            return CompletableFuture.failedFuture(new StoreException(StoreException.Kind.TIMEOUT, "too slow", null));
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
