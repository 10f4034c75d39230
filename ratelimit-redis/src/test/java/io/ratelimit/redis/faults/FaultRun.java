package io.ratelimit.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.failover.CircuitState;
import io.ratelimit.limit.Source;
import io.ratelimit.redis.testing.load.FaultScale;
import io.ratelimit.redis.testing.load.Ledger;
import io.ratelimit.redis.testing.load.Load;
import io.ratelimit.redis.testing.load.Machine;
import io.ratelimit.redis.testing.load.Sleeper;
import java.time.Duration;
import java.util.Locale;

/**
 * A load on limiters, and what holds for every fault: all requests are answered in time, few lines are logged, and the
 * figures are said in one line.
 */
final class FaultRun implements AutoCloseable {
    /** When the circuit is open at the latest, after the onset of a fault. */
    static final Duration OPENED = Duration.ofSeconds(2);
    /** When Redis decides again at the latest, after the end of a fault. */
    static final Duration HEALED = Duration.ofSeconds(10);

    private static final Duration TIMEOUT = Duration.ofMillis(100);
    private static final Duration GRACE = Duration.ofMillis(10);
    private static final Duration LOCALLY = Duration.ofMillis(1);
    private static final Duration LONGEST_LOAD = Duration.ofMinutes(10);
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final Duration MOST_NOISE = Duration.ofMillis(5);
    private static final int MOST_LINES = 10;

    private final String name;
    private final Limiters limiters;
    private final LogLines log = LogLines.open();
    private final Sleeper sleeper = Sleeper.start();
    private final Load load;
    private final long begin = System.nanoTime();

    private FaultRun(String name, Limiters limiters, Traffic traffic) {
        this.name = name;
        this.limiters = limiters;
        this.load = limiters.start(traffic, LONGEST_LOAD);
    }

    /** Starts the usual load on limiters that are warm, and waits until it flows and Redis decides. */
    static FaultRun start(String name, Limiters limiters, Traffic traffic) {
        FaultRun run = new FaultRun(name, limiters, traffic);
        run.goOn(Duration.ofMillis(500));
        run.awaitHealed();
        return run;
    }

    /** Lets the load go on for a time. */
    void goOn(Duration time) {
        long until = System.nanoTime() + time.toNanos();
        await().pollInterval(Duration.ofMillis(5))
                .atMost(time.plusSeconds(5))
                .until(() -> System.nanoTime() - until >= 0);
    }

    /** Waits until all circuits are open, and returns when the last one opened. */
    long awaitOpen(long onset) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> limiters.areAll(CircuitState.OPEN) || limiters.areAll(CircuitState.HALF_OPEN));
        return transition(CircuitState.OPEN, onset);
    }

    /** Waits until all circuits are closed, and returns when the last one closed. */
    long awaitClosed(long end) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> limiters.areAll(CircuitState.CLOSED));
        return transition(CircuitState.CLOSED, end);
    }

    /** A circuit has changed a moment before it says so. */
    private long transition(CircuitState to, long after) {
        await().atMost(Duration.ofSeconds(1))
                .pollInterval(Duration.ofMillis(1))
                .untilAsserted(() -> assertThat(limiters.changedTo(to, after)).isNotZero());
        return limiters.changedTo(to, after);
    }

    /** Waits until Redis decides, whether or not a circuit was open. */
    void awaitHealed() {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> limiters.areAll(CircuitState.CLOSED) && limiters.isServedByRedis());
    }

    /**
     * Sees the circuit open and a fault through, ends both the fault and the load, and checks the times of all that.
     *
     * @param lasts how long the fault lasts from its onset
     * @param afterwards how long the load goes on once Redis decides again
     */
    Ledger heal(long onset, Duration lasts, Duration afterwards, Runnable cure) {
        long opened = awaitOpen(onset);
        goOn(lasts.minus(between(onset, opened)));
        cure.run();
        long end = System.nanoTime();
        long closed = awaitClosed(end);
        goOn(afterwards);
        Ledger ledger = end();
        say("open after %s back after %s", millis(between(onset, opened)), millis(between(end, closed)));
        assertOpened(onset, opened);
        assertHealed(end, closed);
        assertQuick(ledger, opened);
        return ledger;
    }

    /** Ends the load and returns the account of all of it, after checking what holds for every fault. */
    Ledger end() {
        Ledger ledger = load.stop();
        assertThat(ledger.broken())
                .as("%s: requests that ended with an exception", name)
                .isEmpty();
        assertThat(log.mostInAMinute())
                .as("%s: lines in a minute: %s", name, log)
                .isLessThanOrEqualTo(MOST_LINES);
        say(
                "decisions %d fallback %.2f%% p99 %s slowest %s noise %s log lines %d errors %s",
                ledger.size(),
                100 * ledger.share(Source.FALLBACK.id()),
                millis(ledger.p99()),
                millis(ledger.slowest()),
                millis(noise()),
                log.mostInAMinute(),
                limiters.failures());
        return ledger;
    }

    /**
     * Checks that requests were answered within the timeout, and at once while all circuits were open.
     *
     * @param openedAt when the last circuit opened
     */
    void assertQuick(Ledger ledger, long openedAt) {
        long closedAt = limiters.firstClosed(openedAt);
        Ledger open = ledger.between(openedAt, closedAt);
        Ledger closed =
                ledger.only(entry -> entry.begunAtNanos() - openedAt < 0 || entry.begunAtNanos() - closedAt >= 0);
        say("p99 closed %s open %s", millis(closed.p99()), millis(open.p99()));
        if (!isQuiet()) {
            return;
        }
        assertThat(closed.p99())
                .as("%s: p99 while the circuit is closed", name)
                .isLessThanOrEqualTo(TIMEOUT.plus(GRACE).plus(allowance()));
        assertThat(open.p99())
                .as("%s: p99 while the circuit is open", name)
                .isLessThanOrEqualTo(LOCALLY.plus(allowance()));
    }

    /** Returns what 99 of 100 naps of a thread that does nothing but sleep did not exceed during this run. */
    Duration noise() {
        return sleeper.p99(begin, System.nanoTime());
    }

    void assertOpened(long onset, long opened) {
        if (isQuiet()) {
            assertThat(between(onset, opened)).as("%s: circuit open", name).isLessThan(OPENED);
        }
    }

    void assertHealed(long end, long closed) {
        if (isQuiet()) {
            assertThat(between(end, closed)).as("%s: back", name).isLessThan(HEALED);
        }
    }

    /** Returns whether times say something about the limiter: on a machine that is too busy, they do about its queue. */
    boolean isQuiet() {
        if (!Machine.isCrowded() && noise().compareTo(MOST_NOISE) < 0) {
            return true;
        }
        say("times not judged: noise %s%s", millis(noise()), Machine.isCrowded() ? ", crowded" : "");
        return false;
    }

    /** A decision passes several threads, of which each may be as late as the one that sleeps. */
    private Duration allowance() {
        return noise().multipliedBy(FaultScale.times(4, 1));
    }

    void say(String format, Object... figures) {
        System.out.printf(Locale.ROOT, "fault %-28s %s%n", name, String.format(Locale.ROOT, format, figures));
    }

    static String millis(Duration time) {
        return String.format(Locale.ROOT, "%.1f ms", time.toNanos() / 1e6);
    }

    static Duration between(long fromNanos, long toNanos) {
        return Duration.ofNanos(toNanos - fromNanos);
    }

    @Override
    public void close() {
        load.close();
        sleeper.close();
        log.close();
    }
}
