package io.ratelimit.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.lettuce.core.KillArgs;
import io.ratelimit.limit.Source;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.redis.testing.RedisProcess;
import io.ratelimit.redis.testing.TcpProxy;
import io.ratelimit.redis.testing.load.FaultScale;
import io.ratelimit.redis.testing.load.Ledger;
import io.ratelimit.store.StoreException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Somebody between the application and Redis resets connections. */
class ConnectionResetsTest {
    private static final double LARGEST_SHARE = 0.05;
    private static final int RESETS = FaultScale.times(4, 30);

    @Test
    void costsFewDecisionsWhenTheNetworkResetsConnectionsOnceASecond() {
        try (TcpProxy proxy = TcpProxy.to(RedisFixture.shared());
                Limiters limiters = Limiters.unhurriedAt(proxy.host(), proxy.port())) {
            limiters.warmUp();
            try (FaultRun run = FaultRun.start("reset once a second", limiters, Traffic.unlimited(50))) {
                for (int i = 0; i < RESETS; i++) {
                    proxy.reset();
                    run.goOn(Duration.ofSeconds(1));
                }
                Ledger ledger = run.end();

                assertThat(proxy.accepted()).as("connections").isGreaterThan(RESETS);
                assumeThat(run.isQuiet()).isTrue();
                assertThat(ledger.share(Source.FALLBACK.id()))
                        .as("share of the fallback")
                        .isLessThanOrEqualTo(LARGEST_SHARE);
            }
        }
    }

    @Test
    void costsFewDecisionsWhenConnectionsAreKilledOnceASecond() {
        try (RedisProcess redis = RedisProcess.start();
                Limiters limiters = Limiters.unhurriedAt(redis.host(), redis.port())) {
            limiters.warmUp();
            try (FaultRun run = FaultRun.start("CLIENT KILL once a second", limiters, Traffic.unlimited(50))) {
                for (int i = 0; i < RESETS; i++) {
                    Long killed = redis.ask(commands ->
                            commands.clientKill(KillArgs.Builder.typeNormal().skipme()));
                    assertThat(killed).as("connections killed").isPositive();
                    run.goOn(Duration.ofSeconds(1));
                }
                Ledger ledger = run.end();

                assertThat(limiters.transitions()).as("the circuit").isEmpty();
                assumeThat(run.isQuiet()).isTrue();
                assertThat(ledger.share(Source.FALLBACK.id()))
                        .as("share of the fallback")
                        .isLessThanOrEqualTo(LARGEST_SHARE);
                assertThat(limiters.failures().of(StoreException.Kind.CONNECTION))
                        .isPositive();
            }
        }
    }
}
