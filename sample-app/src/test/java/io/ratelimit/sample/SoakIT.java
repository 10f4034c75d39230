package io.ratelimit.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.KillArgs;
import io.lettuce.core.api.sync.RedisCommands;
import io.ratelimit.redis.testing.RedisProcess;
import io.ratelimit.redis.testing.TcpProxy;
import io.ratelimit.redis.testing.load.Ledger;
import io.ratelimit.redis.testing.load.Load;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The sample at 70% of what it manages, with a fault in every minute, holds no more at the end than at the beginning. */
@EnabledIfSystemProperty(named = "soak.minutes", matches = "\\d+", disabledReason = "scripts/soak runs it")
class SoakIT {
    private static final Duration MINUTE = Duration.ofSeconds(60);
    private static final Duration FAULT = Duration.ofSeconds(10);
    private static final double PART_OF_CAPACITY = 0.7;
    private static final int CONNECTIONS = 64;

    /** Tomcat starts a request thread when it has none to spare, and lets it go later: here it has all of them throughout. */
    private static final String[] ALL_REQUEST_THREADS = {
        "--server.tomcat.threads.max=" + CONNECTIONS, "--server.tomcat.threads.min-spare=" + CONNECTIONS
    };

    private final RedisProcess redis = RedisProcess.start();
    private final TcpProxy proxy = TcpProxy.to(redis.host(), redis.port());
    private final List<Fault> faults = List.of(
            new Fault("killed", redis::kill, redis::restart),
            new Fault("stopped", redis::stop, redis::resume),
            new Fault("partition", proxy::blackHole, proxy::endBlackHole),
            new Fault("connection killed", this::killConnections, () -> {}),
            new Fault("scripts flushed", () -> redis.ask(RedisCommands::scriptFlush), () -> {}),
            new Fault("replies +200 ms", () -> proxy.delayReplies(() -> Duration.ofMillis(200)), proxy::passReplies),
            new Fault("garbage", () -> proxy.insteadOfReplies(new byte[] {0, 7, -1}), proxy::passReplies),
            new Fault("refused", proxy::refuse, proxy::accept));

    private record Fault(String name, Runnable begin, Runnable end) {}

    private void killConnections() {
        redis.ask(commands -> commands.clientKill(KillArgs.Builder.typeNormal().skipme()));
    }

    @Test
    void holdsNoMoreAtTheEndThanAtTheBeginning() throws IOException {
        int minutes = Integer.getInteger("soak.minutes");
        List<Footprint> footprints = new ArrayList<>();
        try (redis;
                proxy;
                SampleUnderFaults sample = SampleUnderFaults.startWith(
                        List.of("-Xmx256m", Footprint.OPTION),
                        proxy.host(),
                        proxy.port(),
                        1_000_000,
                        ALL_REQUEST_THREADS)) {
            int rate = (int) (PART_OF_CAPACITY * capacity(sample));
            for (int minute = 1; minute <= minutes; minute++) {
                Fault fault = faults.get((minute - 1) % faults.size());
                Load load = sample.load().start(new Load.Shape(CONNECTIONS, rate, MINUTE));
                SampleUnderFaults.goOn(FAULT);
                fault.begin().run();
                SampleUnderFaults.goOn(FAULT);
                fault.end().run();
                Ledger ledger = load.awaitEnd();
                Footprint footprint = Footprint.of(sample.first());
                sayChanges(footprints, footprint);
                footprints.add(footprint);
                System.out.printf(
                        "soak minute %d %-17s requests %d by status %s answer p99 %.1f ms %s warnings %d%n",
                        minute,
                        fault.name(),
                        ledger.size(),
                        ledger.by(entry -> entry.status()),
                        ledger.p99().toNanos() / 1e6,
                        footprint,
                        sample.warnings());
                assertThat(ledger.broken()).isEmpty();
                assertThat(ledger.by(entry -> entry.status()).keySet()).isSubsetOf(List.of(200, 429));
            }
            assertThat(sample.warnings()).as("warnings").isLessThanOrEqualTo(10L * minutes);
        }
        assertFlat(footprints);
    }

    /** As many requests a second as there are answers when each connection sends the next one at once. */
    private static double capacity(SampleUnderFaults sample) {
        Duration time = Duration.ofSeconds(10);
        long answered = sample.load()
                .start(new Load.Shape(CONNECTIONS, 0, time))
                .awaitEnd()
                .size();
        System.out.printf("soak capacity %d requests a second%n", answered / time.toSeconds());
        return (double) answered / time.toSeconds();
    }

    /** Names the pools whose threads have become more or fewer in the last minute. */
    private static void sayChanges(List<Footprint> before, Footprint now) {
        Map<String, Integer> then =
                before.isEmpty() ? Map.of() : before.get(before.size() - 1).pools();
        Map<String, Integer> changed = new TreeMap<>(now.pools());
        then.keySet().forEach(pool -> changed.putIfAbsent(pool, 0));
        changed.entrySet().removeIf(pool -> pool.getValue().equals(then.getOrDefault(pool.getKey(), 0)));
        if (!changed.isEmpty()) {
            System.out.printf("soak threads %s%n", changed);
        }
    }

    private static void assertFlat(List<Footprint> footprints) {
        int third = Math.max(1, footprints.size() / 3);
        Footprint first =
                footprints.subList(0, third).stream().reduce(Footprint::or).orElseThrow();
        Footprint last = footprints.subList(footprints.size() - third, footprints.size()).stream()
                .reduce(Footprint::or)
                .orElseThrow();
        System.out.printf("soak largest of the first third: %s%nsoak largest of the last third:  %s%n", first, last);
        assertThat(last.heapKilobytes()).as("heap after a collection").isLessThan(first.heapKilobytes() * 11 / 10);
        assertThat(last.directKilobytes()).as("direct memory").isLessThan(first.directKilobytes() * 11 / 10 + 1_024);
        assertThat(last.threads())
                .as("threads: first %s, last %s", first.pools(), last.pools())
                .isLessThanOrEqualTo(first.threads() + 2);
        assertThat(last.fileDescriptors()).as("file descriptors").isLessThanOrEqualTo(first.fileDescriptors() + 4);
    }
}
