package io.ratelimit.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.ratelimit.limit.Source;
import io.ratelimit.redis.testing.RedisProcess;
import io.ratelimit.redis.testing.load.FaultScale;
import io.ratelimit.redis.testing.load.Ledger;
import io.ratelimit.redis.testing.load.OutageBound;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Redis loses scripts or keys while it serves. */
class ForgetfulServerTest {
    private static final Duration FLUSHING = FaultScale.lasting(Duration.ofSeconds(3), Duration.ofSeconds(30));

    @Test
    void decidesEverythingWhileScriptsAreFlushedEvery10Milliseconds() {
        try (RedisProcess redis = RedisProcess.start();
                Limiters limiters = Limiters.unhurriedAt(redis.host(), redis.port());
                RedisClient client = RedisClient.create(redis.uri())) {
            RedisCommands<String, String> commands = client.connect().sync();
            limiters.warmUp();
            Traffic traffic = Traffic.of(20, "100/30d");
            try (FaultRun run = FaultRun.start("SCRIPT FLUSH every 10 ms", limiters, traffic)) {
                long flushes = every10Milliseconds(run, commands::scriptFlush);
                Ledger ledger = run.end();

                run.say("flushes %d", flushes);
                assertThat(flushes).as("flushes, or there was no fault").isGreaterThan(FLUSHING.toMillis() / 100);
                assertThat(ledger.share(Source.FALLBACK.id()))
                        .as("share of the fallback")
                        .isZero();
                assertThat(limiters.failures().ofUnknownFate()).isZero();
                assertThat(ledger.admitted().values()).as("permits of each key").containsOnly(100L);
            }
        }
    }

    @Test
    void goesOnWithoutAnErrorWhenAllKeysAreFlushed() {
        try (RedisProcess redis = RedisProcess.start();
                Limiters limiters = Limiters.unhurriedAt(redis.host(), redis.port())) {
            limiters.warmUp();
            try (FaultRun run = FaultRun.start("FLUSHALL", limiters, Traffic.of(20, "10/30d"))) {
                String flushed = redis.ask(RedisCommands::flushall);
                assertThat(flushed).isEqualTo("OK");
                run.goOn(Duration.ofSeconds(1));
                Ledger ledger = run.end();

                assertThat(ledger.share(Source.FALLBACK.id())).isZero();
                assertThat(OutageBound.most(ledger)).as("the limit, once more").isLessThanOrEqualTo(20);
            }
        }
    }

    @Test
    void goesOnWithoutAnErrorWhenRedisEvictsQuotas() {
        try (RedisProcess redis = RedisProcess.start("--maxmemory", "3mb", "--maxmemory-policy", "allkeys-random");
                Limiters limiters = Limiters.unhurriedAt(redis.host(), redis.port())) {
            limiters.warmUp();
            try (FaultRun run = FaultRun.start("eviction", limiters, Traffic.unlimited(1_000_000))) {
                redis.ask(commands -> {
                    for (int i = 0; i < 20_000; i++) {
                        commands.set("other-" + i, "x".repeat(100));
                    }
                    return "";
                });
                run.goOn(Duration.ofSeconds(1));
                Ledger ledger = run.end();

                String evicted = redis.ask(commands -> commands.info("stats"))
                        .lines()
                        .filter(line -> line.startsWith("evicted_keys:"))
                        .findFirst()
                        .orElseThrow();
                run.say("%s", evicted);
                assertThat(evicted).isNotEqualTo("evicted_keys:0");
                assertThat(ledger.share(Source.FALLBACK.id())).isZero();
            }
        }
    }

    private static long every10Milliseconds(FaultRun run, Runnable task) {
        long until = System.nanoTime() + FLUSHING.toNanos();
        long done = 0;
        while (System.nanoTime() - until < 0) {
            task.run();
            done++;
            run.goOn(Duration.ofMillis(10));
        }
        return done;
    }
}
