package io.ratelimit.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.failover.CircuitState;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.redis.testing.TcpProxy;
import io.ratelimit.redis.testing.load.FaultScale;
import io.ratelimit.redis.testing.load.Ledger;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Redis is there for two seconds and gone for two, again and again. */
class FlappingTest {
    private static final Duration HALF = Duration.ofSeconds(2);
    private static final int ROUNDS = FaultScale.times(1, 75);

    @Test
    void triesAgainOnceAtATime() {
        try (TcpProxy proxy = TcpProxy.to(RedisFixture.shared());
                Limiters limiters = Limiters.at(proxy.host(), proxy.port())) {
            limiters.warmUp();
            try (FaultRun run = FaultRun.start("flapping 2 s / 2 s", limiters, Traffic.unlimited(20))) {
                int accepted = proxy.accepted();
                long onset = System.nanoTime();
                for (int i = 0; i < ROUNDS; i++) {
                    proxy.refuse();
                    run.goOn(HALF);
                    proxy.accept();
                    run.goOn(HALF);
                }
                long end = System.nanoTime();
                run.awaitHealed();
                long healed = System.nanoTime();
                run.goOn(Duration.ofMillis(500));
                Ledger ledger = run.end();

                List<Limiters.Transition> changes = limiters.transitions();
                run.say(
                        "rounds %d opened %d times back after %s connections %d, %d at once",
                        ROUNDS,
                        changes.stream()
                                .filter(change -> change.to() == CircuitState.OPEN)
                                .count(),
                        FaultRun.millis(FaultRun.between(end, healed)),
                        proxy.accepted() - accepted,
                        proxy.mostAtOnce());
                run.assertHealed(end, healed);
                assertThat(proxy.mostAtOnce()).as("connections at once").isLessThanOrEqualTo(3);
                // The fault's first half lets no connection through; the second one, at most a few.
                assertThat(proxy.accepted() - accepted).as("connections").isLessThanOrEqualTo(3 * ROUNDS);
                assertThat(ledger.between(onset, onset + HALF.toNanos()).size()).isPositive();
            }
        }
    }
}
