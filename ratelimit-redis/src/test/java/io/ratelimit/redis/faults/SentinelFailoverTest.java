package io.ratelimit.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.limit.Source;
import io.ratelimit.redis.RedisLimitStore;
import io.ratelimit.redis.testing.RedisProcess;
import io.ratelimit.redis.testing.RedisSentinels;
import io.ratelimit.redis.testing.load.Entry;
import io.ratelimit.redis.testing.load.FaultScale;
import io.ratelimit.redis.testing.load.FullRunsOnly;
import io.ratelimit.redis.testing.load.Ledger;
import io.ratelimit.redis.testing.load.OutageBound;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A master, two replicas and three sentinels, some of which go. */
class SentinelFailoverTest {
    private static final Duration FAULT = FaultScale.lasting(Duration.ofSeconds(3), Duration.ofSeconds(30));
    /** Until the sentinels have noticed, agreed and promoted. */
    private static final Duration LONGEST_FAILOVER = Duration.ofSeconds(20);

    private static final long LIMIT = 40;

    @Test
    void followsTheMasterWhenItIsKilled() {
        try (RedisSentinels redis = RedisSentinels.start();
                Limiters limiters = at(redis)) {
            limiters.warmUp();
            try (FaultRun run = FaultRun.start("sentinel, master killed", limiters, limited())) {
                RedisProcess old = redis.master();
                long onset = System.nanoTime();
                old.kill();
                assertFollowed(run, redis, old, onset);
            }
        }
    }

    @Test
    @FullRunsOnly
    void isNotLedBackWhenAStoppedMasterGoesOn() {
        try (RedisSentinels redis = RedisSentinels.start();
                Limiters limiters = at(redis)) {
            limiters.warmUp();
            try (FaultRun run = FaultRun.start("sentinel, master stopped", limiters, limited())) {
                RedisProcess old = redis.master();
                long onset = System.nanoTime();
                old.stop();
                awaitPromotion(redis, old);
                long promoted = System.nanoTime();
                run.awaitHealed();
                long closed = System.nanoTime();
                old.resume();
                long resumed = System.nanoTime();
                await().atMost(LONGEST_FAILOVER)
                        .until(() ->
                                old.ask(server -> server.info("replication")).contains("role:slave"));
                run.goOn(Duration.ofSeconds(1));

                Ledger ledger = run.end();

                run.say(
                        "promoted after %s back %s later",
                        FaultRun.millis(FaultRun.between(onset, promoted)),
                        FaultRun.millis(FaultRun.between(promoted, closed)));
                assertThat(ledger.only(entry -> entry.begunAtNanos() - resumed >= 0)
                                .share(Source.FALLBACK.id()))
                        .as("after the old master went on")
                        .isZero();
                assertAtMostOneExtraBurst(ledger);
            }
        }
    }

    @Test
    void goesOnWithoutSentinels() {
        try (RedisSentinels redis = RedisSentinels.start();
                Limiters limiters = at(redis)) {
            limiters.warmUp();
            try (FaultRun run = FaultRun.start("all sentinels killed", limiters, limited())) {
                redis.killSentinels();
                run.goOn(FAULT);
                redis.restartSentinels();
                run.goOn(Duration.ofSeconds(1));

                Ledger ledger = run.end();

                assertThat(ledger.share(Source.FALLBACK.id())).isZero();
                assertThat(new OutageBound(LIMIT, 1, LIMIT).exceededWithoutOutage(ledger))
                        .isEmpty();
            }
        }
    }

    @Test
    @FullRunsOnly
    void findsTheMasterWhenTheSentinelsAreBack() {
        try (RedisSentinels redis = RedisSentinels.start();
                Limiters limiters = at(redis)) {
            limiters.warmUp();
            try (FaultRun run = FaultRun.start("sentinels and master killed", limiters, limited())) {
                RedisProcess old = redis.master();
                redis.killSentinels();
                long onset = System.nanoTime();
                old.kill();
                run.awaitOpen(onset);
                redis.restartSentinels();
                assertFollowed(run, redis, old, onset);
            }
        }
    }

    private static Limiters at(RedisSentinels redis) {
        return Limiters.unhurried(() -> RedisLimitStore.builder(redis.uri()));
    }

    private static Traffic limited() {
        return Traffic.of(20, LIMIT + "/1m");
    }

    private static void awaitPromotion(RedisSentinels redis, RedisProcess old) {
        await().atMost(LONGEST_FAILOVER).pollInterval(Duration.ofMillis(50)).until(() -> redis.promotedInsteadOf(old));
    }

    private static void assertFollowed(FaultRun run, RedisSentinels redis, RedisProcess old, long onset) {
        awaitPromotion(redis, old);
        long promoted = System.nanoTime();
        long closed = run.awaitClosed(onset);
        run.goOn(Duration.ofSeconds(1));

        Ledger ledger = run.end();

        run.say(
                "promoted after %s back %s later",
                FaultRun.millis(FaultRun.between(onset, promoted)),
                FaultRun.millis(FaultRun.between(promoted, closed)));
        run.assertHealed(promoted, closed);
        assertThat(ledger.only(entry -> entry.begunAtNanos() - closed >= 0).share(Source.FALLBACK.id()))
                .as("of the fallback once the new master serves")
                .isZero();
        assertAtMostOneExtraBurst(ledger);
    }

    /** What the old master had not handed on is lost with it: so twice the limit, whatever else was counted where. */
    private static void assertAtMostOneExtraBurst(Ledger ledger) {
        assertThat(ledger.count(entry -> entry.outcome() == Entry.Outcome.DENIED))
                .as("denials")
                .isPositive();
        assertThat(OutageBound.most(ledger)).as("admitted in a window of a key").isLessThanOrEqualTo(2 * LIMIT);
    }
}
