package io.ratelimit.redis.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisProcessTest {
    @ParameterizedTest
    @CsvSource({"yes, value", "no,"})
    void comesBackOnItsPortWithWhatItHasSaved(String appendOnly, String kept) {
        try (RedisProcess redis = RedisProcess.start("--appendonly", appendOnly, "--appendfsync", "always")) {
            int port = redis.port();
            redis.ask(commands -> commands.set("key", "value"));

            redis.kill();
            assertThatThrownBy(() -> redis.ask(commands -> commands.get("key"))).isInstanceOf(RedisException.class);
            redis.restart();

            assertThat(redis.port()).isEqualTo(port);
            assertThat(redis.<String>ask(commands -> commands.get("key"))).isEqualTo(kept);
        }
    }

    @Test
    void answersNothingWhileItIsStopped() throws InterruptedException {
        try (RedisProcess redis = RedisProcess.start();
                RedisClient client = RedisClient.create(redis.uri())) {
            var commands = client.connect().async();
            redis.stop();
            RedisFuture<String> answer = commands.ping();
            assertThat(answer.await(300, TimeUnit.MILLISECONDS)).isFalse();

            redis.resume();
            assertThat(answer.toCompletableFuture()).succeedsWithin(Duration.ofSeconds(10));
        }
    }
}
