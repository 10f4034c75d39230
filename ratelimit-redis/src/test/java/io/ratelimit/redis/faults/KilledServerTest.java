package io.ratelimit.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.failover.CircuitState;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Source;
import io.ratelimit.redis.testing.RedisProcess;
import io.ratelimit.redis.testing.load.FaultScale;
import io.ratelimit.redis.testing.load.Ledger;
import io.ratelimit.redis.testing.load.Ledger.Quota;
import io.ratelimit.redis.testing.load.OutageBound;
import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Redis is killed under load, and comes back empty or with what it had saved. */
class KilledServerTest {
    private static final Duration OUTAGE = FaultScale.lasting(Duration.ofSeconds(2), Duration.ofSeconds(10));
    private static final int KEYS = 20;
    private static final long LIMIT = 200;

    static Stream<Arguments> deployments() {
        Stream<Arguments> everyday = Stream.of(Arguments.of(1, "yes"), Arguments.of(2, "no"));
        Stream<Arguments> others = Stream.of(Arguments.of(1, "no"), Arguments.of(2, "yes"));
        return FaultScale.isFull() ? Stream.concat(everyday, others) : everyday;
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void givesNobodyAFreshQuota(int instances, String appendOnly) {
        try (RedisProcess redis = RedisProcess.start("--appendonly", appendOnly, "--appendfsync", "always");
                Limiters limiters = Limiters.at(redis.host(), redis.port(), instances)) {
            limiters.warmUp();
            String name = "kill -9, " + instances + " limiters, AOF " + appendOnly;
            try (FaultRun run = FaultRun.start(name, limiters, Traffic.of(KEYS, LIMIT + "/30d"))) {
                run.goOn(Duration.ofSeconds(1));
                long onset = System.nanoTime();
                redis.kill();
                long opened = run.awaitOpen(onset);
                run.goOn(OUTAGE);
                redis.restart();
                long end = System.nanoTime();
                long closed = run.awaitClosed(end);
                run.goOn(Duration.ofSeconds(3));
                Ledger ledger = run.end();

                Ledger before = ledger.before(onset);
                Ledger during = ledger.between(onset, closed);
                Ledger after = ledger.since(closed);
                run.say(
                        "open after %s back after %s most before %d during %d after %d",
                        FaultRun.millis(FaultRun.between(onset, opened)),
                        FaultRun.millis(FaultRun.between(end, closed)),
                        OutageBound.most(before),
                        OutageBound.most(during),
                        OutageBound.most(after));
                run.assertOpened(onset, opened);
                run.assertHealed(end, closed);
                assertThat(limiters.failures().of(StoreException.Kind.CONNECTION))
                        .isPositive();
                run.assertQuick(ledger, opened);
                assertThat(new OutageBound(LIMIT, instances, LIMIT / instances).exceeded(before, during))
                        .as("windows with more than what remained at onset and the shares")
                        .isEmpty();
                if (instances == 1) {
                    assertNoFreshQuota(
                            before,
                            during,
                            after,
                            appendOnly.equals("yes"),
                            limiters.failures().ofUnknownFate());
                }
                // Each of several charges its debts with its own first decision of a key, until which others may admit.
                Ledger lost = new Ledger();
                assertThat(new OutageBound(LIMIT, instances, LIMIT / instances)
                                .exceeded(appendOnly.equals("yes") ? before : lost, ledger.since(onset)))
                        .as("windows with more than what remained, or was lost, and the shares")
                        .isEmpty();
            }
        }
    }

    @Test
    void keepsTheBoundInEveryWindow() {
        OutageBound bound = new OutageBound(20, 2, 10);
        try (RedisProcess redis = RedisProcess.start();
                Limiters limiters = Limiters.at(redis.host(), redis.port(), 2)) {
            limiters.warmUp();
            try (FaultRun run = FaultRun.start("kill -9, windows of 1 s", limiters, Traffic.of(20, "20/1s"))) {
                run.goOn(Duration.ofSeconds(1));
                long onset = System.nanoTime();
                redis.kill();
                run.awaitOpen(onset);
                run.goOn(OUTAGE);
                redis.restart();
                long closed = run.awaitClosed(System.nanoTime());
                run.goOn(Duration.ofSeconds(2));
                Ledger ledger = run.end();

                Ledger during = ledger.between(onset, closed);
                run.say(
                        "most in a window of 20: before %d during %d",
                        OutageBound.most(ledger.before(onset)), OutageBound.most(during));
                assertThat(bound.exceededWithoutOutage(ledger.before(onset))).isEmpty();
                assertThat(bound.exceeded(ledger.before(onset), during)).isEmpty();
                // The window in which the instances come back, one after the other, belongs to the outage.
                assertThat(bound.exceededWithoutOutage(
                                ledger.since(closed + Duration.ofSeconds(1).toNanos())))
                        .isEmpty();
            }
        }
    }

    /**
     * What was lost with the server may be taken again; what the fallback admitted may not, except for calls in flight at
     * the onset, which the server may have counted.
     */
    private static void assertNoFreshQuota(Ledger before, Ledger during, Ledger after, boolean kept, long unknown) {
        long excess = 0;
        for (Map.Entry<Quota, Long> admitted : during.admitted().entrySet()) {
            Quota quota = admitted.getKey();
            long known = admitted.getValue() + (kept ? before.admitted().getOrDefault(quota, 0L) : 0);
            excess += Math.max(0, after.admitted().getOrDefault(quota, 0L) - Math.max(0, LIMIT - known));
        }
        assertThat(excess)
                .as("permits beyond what was left of the limit afterwards")
                .isLessThanOrEqualTo(unknown);
    }

    @Test
    void deniesAKeyThatWasAtItsLimitAndOneThatUsedUpItsQuotaMeanwhile() {
        Traffic traffic = Traffic.of(2, "5/30d");
        Demand spentBefore = traffic.demands().get(0);
        Demand spentMeanwhile = traffic.demands().get(1);
        try (RedisProcess redis = RedisProcess.start();
                Limiters limiters = Limiters.at(redis.host(), redis.port())) {
            limiters.warmUp();
            for (int i = 0; i < 5; i++) {
                assertThat(limiters.acquire(spentBefore).source()).isEqualTo(new Source("redis"));
            }
            redis.kill();

            Decision denied = limiters.acquire(spentBefore);
            assertThat(denied.allowed()).as("at its limit when Redis dies").isFalse();
            assertThat(denied.source()).isEqualTo(Source.FALLBACK);
            List<Boolean> meanwhile = IntStream.range(0, 6)
                    .mapToObj(i -> limiters.acquire(spentMeanwhile).allowed())
                    .toList();
            assertThat(meanwhile).containsExactly(true, true, true, true, true, false);
            redis.restart();
            await().atMost(FaultRun.HEALED).until(() -> limiters.areAll(CircuitState.CLOSED));

            Decision first = limiters.acquire(spentMeanwhile);
            assertThat(first.source()).isEqualTo(new Source("redis"));
            assertThat(first.allowed()).as("the first decision afterwards").isFalse();
        }
    }
}
