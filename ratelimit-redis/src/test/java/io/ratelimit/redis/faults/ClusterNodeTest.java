package io.ratelimit.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.cluster.SlotHash;
import io.ratelimit.failover.CircuitState;
import io.ratelimit.limit.Source;
import io.ratelimit.redis.RedisLimitStore;
import io.ratelimit.redis.testing.RedisCluster;
import io.ratelimit.redis.testing.load.Entry;
import io.ratelimit.redis.testing.load.FaultScale;
import io.ratelimit.redis.testing.load.Ledger;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** One of three masters of a cluster goes. */
class ClusterNodeTest {
    private static final Duration FAULT = FaultScale.lasting(Duration.ofSeconds(4), Duration.ofSeconds(30));
    private static final Duration ADJUSTED = Duration.ofSeconds(1);
    private static final Duration LONGEST_FAILOVER = Duration.ofSeconds(30);
    private static final double FEW = 0.01;
    private static final int VICTIM = 1;

    @Test
    void leavesTheOtherSlotsAloneWhenAMasterWithoutReplicaIsKilled() {
        try (RedisCluster cluster = RedisCluster.ofMasters(3);
                Limiters limiters = Limiters.unhurried(() -> RedisLimitStore.cluster(cluster.uris()))) {
            limiters.warmUp();
            try (FaultRun run = FaultRun.start("master killed", limiters, Traffic.unlimited(60))) {
                long onset = System.nanoTime();
                cluster.node(VICTIM).kill();
                long opened = run.awaitOpen(onset);
                run.goOn(FAULT);
                cluster.node(VICTIM).restart();
                long restarted = System.nanoTime();
                long closed = run.awaitClosed(restarted);
                run.goOn(ADJUSTED);

                Ledger ledger = run.end();

                long adjusted = onset + ADJUSTED.toNanos();
                Ledger others = ledger.between(adjusted, restarted).only(entry -> !isOnVictim(cluster, entry));
                Ledger its = ledger.between(adjusted, restarted).only(entry -> isOnVictim(cluster, entry));
                run.say(
                        "opened after %s closed after %s others %d fallback %.2f%% its own %d fallback %.2f%%",
                        FaultRun.millis(FaultRun.between(onset, opened)),
                        FaultRun.millis(FaultRun.between(restarted, closed)),
                        others.size(),
                        100 * others.share(Source.FALLBACK.id()),
                        its.size(),
                        100 * its.share(Source.FALLBACK.id()));
                assertThat(others.size()).isPositive();
                assertThat(others.share(Source.FALLBACK.id()))
                        .as("of other slots")
                        .isLessThanOrEqualTo(FEW);
                assertThat(its.share(Source.FALLBACK.id())).as("of its slots").isEqualTo(1);
                run.assertOpened(onset, opened);
                run.assertHealed(restarted, closed);
            }
        }
    }

    @Test
    void goesOnWithTheReplicaThatTakesOver() {
        try (RedisCluster cluster = RedisCluster.withReplicas(3);
                Limiters limiters = Limiters.unhurried(() -> RedisLimitStore.cluster(cluster.uris()))) {
            limiters.warmUp();
            try (FaultRun run = FaultRun.start("master with replica killed", limiters, Traffic.unlimited(60))) {
                long onset = System.nanoTime();
                cluster.node(VICTIM).kill();
                await().atMost(LONGEST_FAILOVER)
                        .pollInterval(Duration.ofMillis(20))
                        .until(() ->
                                cluster.commands(3 + VICTIM).info("replication").contains("role:master"));
                long promoted = System.nanoTime();
                await().atMost(LONGEST_FAILOVER)
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> limiters.areAll(CircuitState.CLOSED));
                long closed = System.nanoTime();
                run.goOn(ADJUSTED);
                long settled = System.nanoTime();
                run.goOn(ADJUSTED);

                Ledger ledger = run.end();

                Ledger others =
                        ledger.between(onset + ADJUSTED.toNanos(), closed).only(entry -> !isOnVictim(cluster, entry));
                long last = ledger.entries()
                        .filter(entry -> entry.source().equals(Source.FALLBACK.id()))
                        .mapToLong(Entry::begunAtNanos)
                        .max()
                        .orElse(promoted);
                run.say(
                        "promoted after %s last decision of the fallback %s later, circuit closed %s later, others %d fallback %.2f%%",
                        FaultRun.millis(FaultRun.between(onset, promoted)),
                        FaultRun.millis(FaultRun.between(promoted, last)),
                        FaultRun.millis(FaultRun.between(promoted, closed)),
                        others.size(),
                        100 * others.share(Source.FALLBACK.id()));
                assertThat(others.share(Source.FALLBACK.id()))
                        .as("of other slots")
                        .isLessThanOrEqualTo(FEW);
                assertThat(ledger.only(entry -> entry.begunAtNanos() - settled >= 0)
                                .share(Source.FALLBACK.id()))
                        .as("once the replica serves")
                        .isZero();
            }
        }
    }

    private static boolean isOnVictim(RedisCluster cluster, Entry entry) {
        return cluster.masterOf(SlotHash.getSlot(entry.key())) == VICTIM;
    }
}
