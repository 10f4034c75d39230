package io.ratelimit.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.KillArgs;
import io.ratelimit.redis.testing.RedisProcess;
import io.ratelimit.redis.testing.Signals;
import io.ratelimit.redis.testing.TcpProxy;
import io.ratelimit.redis.testing.load.FullRunsOnly;
import io.ratelimit.redis.testing.load.Ledger;
import io.ratelimit.redis.testing.load.Load;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The application's own process is stopped, starved, ended, or started too early. */
class ProcessFaultsIT {
    private static final Duration HEALED = Duration.ofSeconds(10);
    private static final int PLENTY = 1_000_000;

    /** For a count that must be exact also on a machine that is too busy to be quick. */
    private static final String[] UNHURRIED = {
        "--ratelimit.redis.timeout=5s", "--ratelimit.redis.circuit-breaker.slow-call-duration=5s"
    };

    private static final String REQUESTS = "ratelimit_requests_total";
    private static final Pattern STARTED = Pattern.compile("Started SampleApplication in ([0-9.]+) seconds");

    private static boolean isDecidedByRedis(SampleUnderFaults sample) throws IOException {
        double before = sample.sum(REQUESTS, "source=\"redis\"");
        sample.first().get("/protected");
        return sample.sum(REQUESTS, "source=\"redis\"") > before;
    }

    private static void assertNoErrors(Ledger ledger) {
        assertThat(ledger.broken()).isEmpty();
        assertThat(ledger.by(entry -> entry.status()).keySet()).as("statuses").isSubsetOf(List.of(200, 429));
    }

    @Test
    void decidesFreshlyAfterThePauseOfItsProcess() throws IOException {
        Duration pause = SampleUnderFaults.lasting(3, 30);
        int permits = 500;
        try (RedisProcess redis = RedisProcess.start();
                SampleUnderFaults sample = SampleUnderFaults.start(1, redis.host(), redis.port(), permits);
                Load load = sample.load().start(Load.Shape.usual(Duration.ofMinutes(2)))) {
            SampleUnderFaults.goOn(Duration.ofSeconds(1));
            double elsewhere = sample.sum(REQUESTS, "source=\"fallback\"");
            Signals.send("STOP", sample.first().pid());
            SampleUnderFaults.goOn(pause);
            Signals.send("CONT", sample.first().pid());
            long end = System.nanoTime();
            await().atMost(HEALED).until(() -> isDecidedByRedis(sample));
            long back = System.nanoTime();
            SampleUnderFaults.goOn(Duration.ofSeconds(2));
            Ledger ledger = load.stop();

            elsewhere = sample.sum(REQUESTS, "source=\"fallback\"") - elsewhere;
            long after = ledger.since(end).size();
            SampleUnderFaults.say(
                    "JVM paused " + pause.toSeconds() + " s",
                    "requests %d afterwards %d by the fallback %.0f back after %d ms",
                    ledger.size(),
                    after,
                    elsewhere,
                    Duration.ofNanos(back - end).toMillis());
            assertNoErrors(ledger);
            assertThat(ledger.admitted().values())
                    .as("admitted of %d", permits)
                    .allSatisfy(admitted -> assertThat(admitted).isLessThanOrEqualTo(permits));
            // Those whose call was in flight when the process was stopped, and those that met the stall.
            assertThat(elsewhere).as("decided by the fallback").isLessThan(ledger.size() * 0.5);
        }
    }

    @Test
    void goesOnWithoutFileDescriptorsAndComesBackWithThem() throws Exception {
        try (RedisProcess redis = RedisProcess.start();
                SampleUnderFaults sample = SampleUnderFaults.start(1, redis.host(), redis.port(), PLENTY);
                Load load = sample.load().start(Load.Shape.usual(Duration.ofMinutes(2)))) {
            SampleUnderFaults.goOn(Duration.ofSeconds(1));
            long pid = sample.first().pid();
            String limit = openFileLimit(pid);
            setOpenFileLimit(pid, "1");
            redis.ask(commands ->
                    commands.clientKill(KillArgs.Builder.typeNormal().skipme()));
            SampleUnderFaults.goOn(SampleUnderFaults.lasting(3, 30));
            long during = load.ledger().size();
            setOpenFileLimit(pid, limit);
            long end = System.nanoTime();
            await().atMost(HEALED).until(() -> isDecidedByRedis(sample));
            long back = System.nanoTime();
            SampleUnderFaults.goOn(Duration.ofSeconds(1));
            Ledger ledger = load.stop();

            SampleUnderFaults.say(
                    "no file descriptors",
                    "requests %d by the fallback %.0f back after %d ms warnings %d",
                    ledger.size(),
                    sample.sum(REQUESTS, "source=\"fallback\""),
                    Duration.ofNanos(back - end).toMillis(),
                    sample.warnings());
            assertNoErrors(ledger);
            assertThat(during)
                    .as("requests answered until the descriptors were there")
                    .isPositive();
            assertThat(sample.sum(REQUESTS, "source=\"fallback\"")).isPositive();
            assertThat(sample.warnings()).isLessThanOrEqualTo(10);
        }
    }

    private static String openFileLimit(long pid) throws IOException {
        try (Stream<String> limits = Files.lines(Path.of("/proc/" + pid + "/limits"))) {
            return limits.filter(line -> line.startsWith("Max open files"))
                    .map(line -> line.split("\\s+", 5)[3])
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Sets the soft limit; descriptors that are open stay open. */
    private static void setOpenFileLimit(long pid, String limit) throws IOException, InterruptedException {
        Process prlimit = new ProcessBuilder("prlimit", "--pid", Long.toString(pid), "--nofile=" + limit + ":")
                .inheritIO()
                .start();
        assertThat(prlimit.waitFor()).as("prlimit").isZero();
    }

    @Test
    void finishesRequestsInFlightAndKeepsQuotasWhenItIsReplaced() throws Exception {
        int permits = 200;
        try (RedisProcess redis = RedisProcess.start();
                SampleUnderFaults old = SampleUnderFaults.start(2, redis.host(), redis.port(), permits, UNHURRIED)) {
            SampleLoad quota = old.load();
            try (Load first = quota.start(Load.Shape.usual(Duration.ofSeconds(30)));
                    Load held = Load.start(
                            new Load.Shape(8, 0, Duration.ofSeconds(30)),
                            connection -> new SampleLoad.Sender(old.first().port(), "/queue", number -> ""))) {
                await().atMost(HEALED).until(() -> held.ledger().size() > 8 && held.inFlight() == 8);
                held.sendNoMore();
                boolean ended = old.first().terminate(Duration.ofSeconds(30));
                Ledger queued = held.awaitEnd();
                Ledger before = first.stop();
                try (SampleUnderFaults fresh =
                        SampleUnderFaults.start(1, redis.host(), redis.port(), permits, UNHURRIED)) {
                    Ledger after = quota.at(fresh.processes())
                            .start(Load.Shape.usual(Duration.ofSeconds(4)))
                            .awaitEnd();

                    SampleUnderFaults.say(
                            "SIGTERM, new process",
                            "queued by status %s others before %s after %s",
                            queued.by(entry -> entry.status()),
                            before.by(entry -> entry.status()),
                            after.by(entry -> entry.status()));
                    assertThat(ended).as("ended by itself").isTrue();
                    assertThat(queued.by(entry -> entry.status()).keySet())
                            .as("statuses of requests that were held, or refused where the queue was full")
                            .contains(200)
                            .isSubsetOf(200, 429);
                    assertThat(before.by(entry -> entry.status()).keySet()).isSubsetOf(List.of(0, 200, 429));
                    assertNoErrors(after);
                    after.admitted()
                            .forEach((key, admitted) -> assertThat(
                                            admitted + before.admitted().getOrDefault(key, 0L))
                                    .as("admitted before and after")
                                    .isLessThanOrEqualTo(permits));
                }
            }
        }
    }

    @Test
    @FullRunsOnly
    void keepsTheThroughputOfFewRequestThreadsWithASlowRedis() throws IOException {
        Load.Shape closedLoop = new Load.Shape(16, 0, SampleUnderFaults.lasting(4, 20));
        try (RedisProcess redis = RedisProcess.start();
                TcpProxy proxy = TcpProxy.to(redis.host(), redis.port());
                SampleUnderFaults sample = SampleUnderFaults.start(
                        1, proxy.host(), proxy.port(), PLENTY, "--server.tomcat.threads.max=8")) {
            Ledger healthy = sample.load().start(closedLoop).awaitEnd();
            proxy.delayReplies(() -> Duration.ofMillis(200));
            Ledger slow = sample.load().start(closedLoop).awaitEnd();

            SampleUnderFaults.say(
                    "8 request threads",
                    "requests in %d s: healthy %d, replies +200 ms %d",
                    closedLoop.longest().toSeconds(),
                    healthy.size(),
                    slow.size());
            assertNoErrors(slow);
            assertThat((double) slow.size() / healthy.size()).as("throughput").isGreaterThanOrEqualTo(0.8);
        }
    }

    @Test
    @FullRunsOnly
    void servesMoreKeysThanItKeepsInAHeapOf64Megabytes() throws IOException {
        Duration outage = SampleUnderFaults.lasting(4, 60);
        try (RedisProcess redis = RedisProcess.start();
                SampleUnderFaults sample =
                        SampleUnderFaults.startWith(List.of("-Xmx64m"), redis.host(), redis.port(), PLENTY)) {
            redis.kill();
            Ledger ledger = sample.loadOf(10_000_000)
                    .start(new Load.Shape(64, 3_000, outage))
                    .awaitEnd();
            redis.restart();
            await().atMost(HEALED).until(() -> isDecidedByRedis(sample));

            SampleUnderFaults.say(
                    "heap 64 MB, many keys",
                    "keys %d by status %s answer p99 %.1f ms",
                    ledger.size(),
                    ledger.by(entry -> entry.status()),
                    ledger.p99().toNanos() / 1e6);
            assertNoErrors(ledger);
        }
    }

    @Test
    void startsWithoutRedisAndFindsItLater() throws IOException {
        try (RedisProcess redis = RedisProcess.start()) {
            double normal = secondsToStart(redis);
            redis.kill();
            try (SampleUnderFaults sample = SampleUnderFaults.start(1, redis.host(), redis.port(), PLENTY)) {
                double without = seconds(sample);
                double errors = sample.sum("ratelimit_backend_errors_total", "kind=\"connection\"");
                redis.restart();
                long there = System.nanoTime();
                await().atMost(HEALED).until(() -> isDecidedByRedis(sample));

                SampleUnderFaults.say(
                        "absent at start",
                        "started in %.1f s, with Redis in %.1f s, attached after %d ms",
                        without,
                        normal,
                        Duration.ofNanos(System.nanoTime() - there).toMillis());
                assertThat(without - normal).as("later than normal, in seconds").isLessThan(2);
                assertThat(errors).isPositive();
            }
        }
    }

    private static double secondsToStart(RedisProcess redis) throws IOException {
        try (SampleUnderFaults sample = SampleUnderFaults.start(1, redis.host(), redis.port(), PLENTY)) {
            return seconds(sample);
        }
    }

    private static double seconds(SampleUnderFaults sample) throws IOException {
        Matcher line = STARTED.matcher(sample.first().log());
        assertThat(line.find()).as(sample.first().log()).isTrue();
        return Double.parseDouble(line.group(1));
    }
}
