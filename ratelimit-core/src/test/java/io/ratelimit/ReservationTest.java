package io.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.identity.Identity;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.rule.RulesInForce;
import io.ratelimit.store.MemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReservationTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ManualTicker ticker = new ManualTicker(1_700_000_000_000_000L);
    private final ManualTimeouts timeouts = new ManualTimeouts();
    private final Rule rule =
            Rule.named("tokens").limits(Limit.parse("1000/1d")).build();
    private final RateLimiter limiter = new RateLimiter(
            rule,
            new RulesInForce(new RuleSet(List.of(rule), null, null)),
            Mode.ENFORCE,
            new RuleLimiter(MemoryStore.of(ticker, 1_000, Source.MEMORY), List.of()),
            new KeyedBy(Identity::ofIp, IdentityDigest.sha256()),
            timeouts,
            () -> {});

    @Test
    void givesBackWhatWasEstimatedTooMuch() {
        Reservation reservation = reserve(600);
        assertThat(remaining()).isEqualTo(400);

        assertThat(reservation.settle(250)).isTrue();
        assertThat(remaining()).isEqualTo(750);
    }

    @Test
    void chargesWhatWasEstimatedTooLittleEvenPastTheLimit() {
        assertThat(reserve(600).settle(1_500)).isTrue();

        assertThat(remaining()).isZero();
        assertThat(limiter.tryAcquire("tenant")).isFalse();
    }

    @Test
    void isRefusedWhenTheEstimateIsNotThere() {
        assertThat(limiter.reserve("tenant", 1_001, MINUTE)).isEmpty();
        assertThat(remaining()).isEqualTo(1_000);
    }

    @Test
    void givesEverythingBackWhenTheWorkFails() {
        try (Reservation reservation = reserve(600)) {
            assertThat(reservation.decision().allowed()).isTrue();
        }
        assertThat(remaining()).isEqualTo(1_000);
    }

    @Test
    void givesEverythingBackAfterTheTimeout() {
        Reservation reservation = reserve(600);

        timeouts.fire();

        assertThat(remaining()).isEqualTo(1_000);
        assertThat(reservation.settle(600)).as("too late").isFalse();
        assertThat(remaining()).isEqualTo(1_000);
    }

    @Test
    void settlesOnce() {
        Reservation reservation = reserve(600);

        assertThat(reservation.settle(100)).isTrue();
        assertThat(reservation.settle(100)).isFalse();
        reservation.close();
        timeouts.fire();

        assertThat(remaining()).isEqualTo(900);
        assertThat(timeouts.actions).as("called off").isEmpty();
    }

    @Test
    void refusesATimeoutOfNothingAndACostBelowZero() {
        assertThatThrownBy(() -> limiter.reserve("tenant", 1, Duration.ZERO)).hasMessageStartingWith("timeout: PT0S");
        assertThatThrownBy(() -> reserve(1).settle(-1)).hasMessageStartingWith("cost: -1");
    }

    private Reservation reserve(long estimate) {
        return limiter.reserve("tenant", estimate, MINUTE).orElseThrow();
    }

    private long remaining() {
        return limiter.peek("tenant").remaining();
    }

    private static final class ManualTimeouts implements Timeouts {
        private final List<Runnable> actions = new ArrayList<>();

        @Override
        public Runnable schedule(Duration delay, Runnable action) {
            actions.add(action);
            return () -> actions.remove(action);
        }

        void fire() {
            List.copyOf(actions).forEach(Runnable::run);
        }
    }
}
