package io.ratelimit.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.redis.testing.RedisProcess;
import io.ratelimit.redis.testing.load.FaultScale;
import io.ratelimit.redis.testing.load.Ledger;
import io.ratelimit.redis.testing.load.Load;
import io.ratelimit.redis.testing.load.OutageBound;
import io.ratelimit.redis.testing.load.Sleeper;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Redis is killed while the sample serves 64 connections, and comes back empty. */
class OutageIT {
    private static final int RUNS = FaultScale.times(1, 20);
    private static final int PERMITS = 300;
    private static final Duration OUTAGE = SampleUnderFaults.lasting(2, 5);
    private static final Duration OPENED = Duration.ofSeconds(2);
    private static final Duration HEALED = Duration.ofSeconds(10);

    /** With more, times tell of the machine's queue. */
    private static final Duration MOST_NOISE = Duration.ofMillis(5);

    /** The sample's own timeout, and 10 ms. */
    private static final Duration DECIDED = Duration.ofMillis(260);

    static Stream<Arguments> runs() {
        return IntStream.rangeClosed(1, RUNS)
                .boxed()
                .flatMap(run -> Stream.of(1, 2).map(instances -> Arguments.of(run, instances)));
    }

    @ParameterizedTest(name = "run {0} with {1} instances")
    @MethodSource("runs")
    void noRequestSuffersAndNobodyGetsAFreshQuota(int run, int instances) throws Exception {
        try (RedisProcess redis = RedisProcess.start();
                SampleUnderFaults sample = SampleUnderFaults.start(instances, redis.host(), redis.port(), PERMITS);
                Sleeper sleeper = Sleeper.start()) {
            long begin = System.nanoTime();
            DecisionTimes earlier = sample.decisionTimes();
            try (Load load = sample.load().start(Load.Shape.usual(Duration.ofMinutes(2)))) {
                SampleUnderFaults.goOn(Duration.ofSeconds(2));
                sample.awaitClosed();
                LocalTime killed = LocalTime.now(ZoneId.systemDefault());
                long onset = System.nanoTime();
                redis.kill();
                Duration seen = Duration.ofNanos(sample.awaitOpen() - onset);
                // A circuit that a busy machine opened half a minute ago or less says nothing when it opens again.
                Duration logged = sample.opened(killed);
                Duration opened = logged.isZero() ? seen : logged;
                SampleUnderFaults.goOn(OUTAGE);
                redis.restart();
                long end = System.nanoTime();
                long closed = sample.awaitClosed();
                SampleUnderFaults.goOn(Duration.ofSeconds(2));
                Ledger ledger = load.stop();

                Duration noise = sleeper.p99(begin, System.nanoTime());
                Duration p99 = sample.decisionTimes().p99Since(earlier);
                Ledger before = ledger.before(onset);
                Ledger during = ledger.between(onset, closed);
                SampleUnderFaults.say(
                        "sample, kill -9, run " + run,
                        "instances %d requests %d by status %s open after %d ms back after %d ms decision p99 within %d ms"
                                + " noise %.1f ms answer p99 %.1f ms most before %d during %d of %d warnings %d",
                        instances,
                        ledger.size(),
                        ledger.by(entry -> entry.status()),
                        opened.toMillis(),
                        Duration.ofNanos(closed - end).toMillis(),
                        p99.toMillis(),
                        noise.toNanos() / 1e6,
                        ledger.p99().toNanos() / 1e6,
                        OutageBound.most(before),
                        OutageBound.most(during),
                        PERMITS,
                        sample.warnings());
                assertThat(ledger.broken()).isEmpty();
                assertThat(ledger.by(entry -> entry.status()).keySet())
                        .as("statuses")
                        .isSubsetOf(List.of(200, 429));
                if (noise.compareTo(MOST_NOISE) < 0) {
                    assertThat(opened).as("circuit open").isLessThan(OPENED);
                    assertThat(Duration.ofNanos(closed - end)).as("back").isLessThan(HEALED);
                    assertThat(p99).as("p99 of decisions").isLessThanOrEqualTo(DECIDED);
                }
                assertThat(new OutageBound(PERMITS, instances, PERMITS / instances).exceeded(before, during))
                        .isEmpty();
                assertThat(sample.sum("ratelimit_backend_errors_total", "kind=\"connection\""))
                        .as("errors of the kind")
                        .isPositive();
                assertThat(sample.warnings()).as("warnings").isLessThanOrEqualTo(10L * instances);
            }
        }
    }
}
