package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.ratelimit.RuleLimiter;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.spring.actuate.RateLimitMetrics;
import io.ratelimit.store.MemoryStore;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A rule that is only watched counts what it would count if it were enforced. */
class ShadowCountsTest {
    /** What a run under one mode counted. */
    private record Counts(double allowed, double denied, double shadowDenied, long refused) {}

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void countsTheSameUnderTheSameRequestsAndDeniesNobody(Algorithm algorithm) {
        for (long seed = 0; seed < 20; seed++) {
            Counts enforced = run(algorithm, Mode.ENFORCE, seed);
            Counts watched = run(algorithm, Mode.SHADOW, seed);

            assertThat(enforced.denied()).as("seed %d", seed).isPositive().isEqualTo((double) enforced.refused());
            assertThat(enforced.shadowDenied()).as("seed %d", seed).isZero();
            assertThat(watched)
                    .as("of the shadow rule, seed %d", seed)
                    .isEqualTo(new Counts(enforced.allowed(), 0, enforced.denied(), 0));
        }
    }

    private static Counts run(Algorithm algorithm, Mode mode, long seed) {
        ManualTicker ticker = new ManualTicker(1_700_000_000_000_000L);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        RuleLimiter limiter = new RuleLimiter(
                MemoryStore.of(ticker, 10_000, Source.MEMORY), List.of(new RateLimitMetrics(meters, "memory")));
        Rule rule = Rule.named("tried")
                .limits(Limit.parse("10/1s", algorithm), Limit.parse("25/3s", algorithm))
                .mode(mode)
                .build();
        Random random = new Random(seed);
        long refused = 0;
        for (int i = 0; i < 500; i++) {
            ticker.advance(Duration.ofMillis(random.nextInt(60)));
            String owner = "owner-" + random.nextInt(3);
            RuleDemand demand = RuleDemand.of(rule, owner, null, 1 + random.nextInt(3), Mode.ENFORCE)
                    .orElseThrow();
            boolean allowed = limiter.acquire(List.of(demand))
                    .toCompletableFuture()
                    .join()
                    .decision()
                    .allowed();
            refused += allowed ? 0 : 1;
        }
        return new Counts(
                count(meters, "allowed") + count(meters, "delayed"),
                count(meters, "denied"),
                count(meters, "shadow-denied"),
                refused);
    }

    private static double count(SimpleMeterRegistry meters, String outcome) {
        return meters.find("ratelimit.requests").tag("outcome", outcome).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }
}
