package io.ratelimit.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Source;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.redis.testing.TcpProxy;
import io.ratelimit.redis.testing.load.FaultScale;
import io.ratelimit.redis.testing.load.Ledger;
import io.ratelimit.redis.testing.load.Load;
import io.ratelimit.redis.testing.load.Machine;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Redis answers, but late. */
class SlowServerTest {
    private static final Duration FAULT = FaultScale.lasting(Duration.ofSeconds(3), Duration.ofSeconds(30));
    private static final Duration LATE = Machine.patient(Duration.ofMillis(200));
    private static final int REQUEST_THREADS = 8;

    private final TcpProxy proxy = TcpProxy.to(RedisFixture.shared());
    private final Limiters limiters = Limiters.at(proxy.host(), proxy.port());

    @BeforeEach
    void warmUp() {
        limiters.warmUp();
    }

    @AfterEach
    void close() {
        limiters.close();
        proxy.close();
    }

    @Test
    void opensTheCircuitWhenEachReplyTakes200MillisecondsMore() {
        try (FaultRun run = FaultRun.start("+200 ms", limiters, Traffic.unlimited(20))) {
            long onset = System.nanoTime();
            proxy.delayReplies(() -> LATE);
            Ledger ledger = run.heal(onset, FAULT.plus(FaultRun.OPENED), Duration.ofMillis(500), proxy::passReplies);

            assertThat(ledger.size()).isPositive();
        }
    }

    @Test
    void answersAllWhenOneReplyInAHundredTakesTwoSecondsMore() {
        try (FaultRun run = FaultRun.start("1% of replies +2 s", limiters, Traffic.unlimited(20))) {
            proxy.delayReplies(
                    () -> ThreadLocalRandom.current().nextInt(100) == 0 ? Duration.ofSeconds(2) : Duration.ZERO);
            run.goOn(FAULT);
            proxy.passReplies();
            Ledger ledger = run.end();

            run.say("share of the fallback %.1f%%", 100 * ledger.share(Source.FALLBACK.id()));
            assertThat(ledger.slowest())
                    .as("no hang")
                    .isLessThan(Machine.patient(Duration.ofMillis(500)).plus(run.noise()));
        }
    }

    @Test
    void takesNoNoteOfJitter() {
        try (Limiters unhurried = Limiters.unhurriedAt(proxy.host(), proxy.port());
                FaultRun run = FaultRun.start("jitter 0-40 ms", unhurried, Traffic.unlimited(20))) {
            proxy.delayReplies(
                    () -> Duration.ofMillis(ThreadLocalRandom.current().nextInt(41)));
            run.goOn(FAULT);
            Ledger ledger = run.end();

            assertThat(unhurried.transitions()).as("the circuit").isEmpty();
            // Not zero, because a stall of the machine's own, on top of 40 ms, may pass the deadline once.
            assertThat(ledger.share(Source.FALLBACK.id())).isLessThan(0.01);
        }
    }

    @Test
    void keepsTheThroughputOfFewThreads() {
        Load.Shape closedLoop = new Load.Shape(REQUEST_THREADS, 0, Duration.ofSeconds(3));
        Traffic traffic = Traffic.unlimited(20);
        long healthy =
                Load.start(closedLoop, limiters.senders(traffic)).awaitEnd().size();
        proxy.delayReplies(() -> LATE);
        long slow = Load.start(closedLoop, limiters.senders(traffic)).awaitEnd().size();

        System.out.printf(
                "fault %-28s decisions in 3 s: healthy %d, +200 ms %d%n", "8 threads, slow Redis", healthy, slow);
        assertThat((double) slow / healthy).as("throughput with a slow Redis").isGreaterThanOrEqualTo(0.8);
    }
}
