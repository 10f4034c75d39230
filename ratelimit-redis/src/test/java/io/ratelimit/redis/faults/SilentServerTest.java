package io.ratelimit.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.redis.testing.RedisProcess;
import io.ratelimit.redis.testing.TcpProxy;
import io.ratelimit.redis.testing.load.FaultScale;
import io.ratelimit.redis.testing.load.Ledger;
import io.ratelimit.store.StoreException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Redis accepts connections and says nothing: it is stopped, or the network has lost its way. */
class SilentServerTest {
    private static final Duration STOPPED = FaultScale.lasting(Duration.ofSeconds(3), Duration.ofSeconds(30));
    private static final Duration PARTED = FaultScale.lasting(Duration.ofSeconds(3), Duration.ofSeconds(60));

    @Test
    void countsNoMoreThanWasSentWhenRedisIsStoppedAndGoesOn() {
        try (RedisProcess redis = RedisProcess.start();
                Limiters limiters = Limiters.at(redis.host(), redis.port())) {
            limiters.warmUp();
            Traffic traffic = Traffic.unlimited(20);
            try (FaultRun run = FaultRun.start("SIGSTOP " + STOPPED.toSeconds() + " s", limiters, traffic)) {
                long onset = System.nanoTime();
                redis.stop();
                Ledger ledger = run.heal(onset, STOPPED, Duration.ofSeconds(1), redis::resume);

                long sent = 0;
                long counted = 0;
                for (Demand demand : traffic.demands()) {
                    Decision state = limiters.peek(demand);
                    long sentOfKey = ledger.count(
                            entry -> entry.key().equals(demand.key().owner()));
                    long countedOfKey = state.limit() - state.remaining();
                    assertThat(countedOfKey).as("counted by Redis of one key").isLessThanOrEqualTo(sentOfKey);
                    sent += sentOfKey;
                    counted += countedOfKey;
                }
                run.say("sent %d counted by Redis %d", sent, counted);
                assertThat(counted)
                        .as("counted by Redis of %d: all but the calls that were lost", sent)
                        .isGreaterThan(sent - sent / 5);
                assertThat(limiters.failures().of(StoreException.Kind.TIMEOUT)).isPositive();
            }
        }
    }

    @Test
    void comesBackSoonAfterAPartitionHoweverSilentOldConnectionsStay() {
        try (RedisProcess redis = RedisProcess.start();
                TcpProxy proxy = TcpProxy.to(redis.host(), redis.port());
                Limiters limiters = Limiters.at(proxy.host(), proxy.port())) {
            limiters.warmUp();
            String name = "partition " + PARTED.toSeconds() + " s";
            try (FaultRun run = FaultRun.start(name, limiters, Traffic.unlimited(20))) {
                long onset = System.nanoTime();
                proxy.blackHole();
                Ledger ledger = run.heal(onset, PARTED, Duration.ofSeconds(1), proxy::endBlackHole);

                assertThat(ledger.size()).isPositive();
                assertThat(limiters.failures().of(StoreException.Kind.TIMEOUT)).isPositive();
            }
        }
    }
}
