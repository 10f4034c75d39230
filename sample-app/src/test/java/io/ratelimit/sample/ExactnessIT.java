package io.ratelimit.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.redis.testing.RedisFixture;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two processes on one Redis admit exactly the limit, whatever the algorithm. The window is so long that nothing refills
 * meanwhile: at the full size a bucket would need 43 minutes for its next permit.
 *
 * <p>The size can be set by system properties; scripts/exactness runs it in full.
 */
class ExactnessIT {
    private static final int RUNS = Integer.getInteger("exactness.runs", 1);
    private static final int REQUESTS = Integer.getInteger("exactness.requests", 2_000);
    private static final int PERMITS = Integer.getInteger("exactness.permits", 200);
    private static final int CONNECTIONS = 64;

    private static final Map<Algorithm, String> PATHS = Map.of(
            Algorithm.FIXED_WINDOW, "/protected",
            Algorithm.SLIDING_LOG, "/reports",
            Algorithm.SLIDING_COUNTER, "/search?q=turn",
            Algorithm.TOKEN_BUCKET, "/api/items",
            Algorithm.LEAKY_BUCKET, "/queue");

    static IntStream runs() {
        return IntStream.rangeClosed(1, RUNS);
    }

    @ParameterizedTest(name = "run {0}")
    @MethodSource("runs")
    void twoProcessesAdmitExactlyTheLimit(int run) throws Exception {
        List<SampleProcess> processes = SampleProcess.start(
                2,
                List.of(
                        "--spring.profiles.active=exactness",
                        "--spring.data.redis.host=" + RedisFixture.shared().host(),
                        "--spring.data.redis.port=" + RedisFixture.shared().port(),
                        "--exactness.permits=" + PERMITS));
        try {
            SoftAssertions softly = new SoftAssertions();
            for (Algorithm algorithm : Algorithm.values()) {
                check(run, algorithm, processes, softly);
            }
            softly.assertAll();
        } finally {
            processes.forEach(SampleProcess::close);
        }
    }

    private static void check(int run, Algorithm algorithm, List<SampleProcess> processes, SoftAssertions softly)
            throws Exception {
        // An admitted request is held for hours by the leaky bucket, so its answer is not waited for: the decision
        // counts.
        boolean answered = algorithm != Algorithm.LEAKY_BUCKET;
        String identity = "X-Run: " + UUID.randomUUID();
        long start = System.nanoTime();
        Map<Integer, Integer> statuses = new Burst(
                        processes,
                        PATHS.get(algorithm),
                        identity,
                        answered ? Duration.ofSeconds(30) : Duration.ofMillis(300))
                .send(REQUESTS, CONNECTIONS);
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> assertThat(Outcomes.of(processes, algorithm.id()).decided())
                                .as("decisions of %s", algorithm)
                                .isEqualTo(REQUESTS));
        Outcomes outcomes = Outcomes.of(processes, algorithm.id());
        System.out.printf(
                "exactness run %d %-15s requests %d admitted %d denied %d in %d ms%n",
                run,
                algorithm,
                REQUESTS,
                outcomes.admitted(),
                outcomes.denied(),
                Duration.ofNanos(System.nanoTime() - start).toMillis());

        softly.assertThat(outcomes)
                .as("decisions of %s", algorithm)
                .isEqualTo(new Outcomes(PERMITS, REQUESTS - PERMITS, 0));
        if (answered) {
            softly.assertThat(statuses)
                    .as("answers of %s by status", algorithm)
                    .isEqualTo(Map.of(200, PERMITS, 429, REQUESTS - PERMITS));
        }
    }
}
