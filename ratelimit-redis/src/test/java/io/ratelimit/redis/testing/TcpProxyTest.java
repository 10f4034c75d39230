package io.ratelimit.redis.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {
    private final RedisFixture redis = RedisFixture.shared();
    private final TcpProxy proxy = TcpProxy.to(redis);
    private final RedisClient client = RedisClient.create(RedisURI.create(proxy.host(), proxy.port()));

    @AfterEach
    void close() {
        client.shutdown();
        proxy.close();
    }

    @Test
    void countsRequestsThatAreAnswered() {
        RedisCommands<String, String> commands = client.connect().sync();
        String key = redis.newNamespace();
        long before = proxy.roundTrips();

        commands.hset(key, "field", "a value\r\n*3\r\n with bytes of the protocol");
        commands.hgetall(key);
        assertThatThrownBy(() -> commands.get(key)).isInstanceOf(RedisException.class);
        commands.del(key);

        assertThat(proxy.roundTrips() - before).isEqualTo(4);
        assertThat(proxy.requests()).endsWith("HSET", "HGETALL", "GET", "DEL");
        assertThat(proxy.accepted()).isEqualTo(1);
    }

    @Test
    void delaysReplies() {
        RedisCommands<String, String> commands = client.connect().sync();
        proxy.delayReplies(() -> Duration.ofMillis(200));
        long begun = System.nanoTime();
        commands.ping();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
    }

    @Test
    void findsFramesHoweverTheBytesAreCut() {
        List<RespFrames.Frame> frames = new ArrayList<>();
        RespFrames reader = new RespFrames(frames::add);
        String stream =
                "+OK|:1|$-1|$0||*0|*-1|*2|*1|:1|$2|||%1|+a|+b|>2|+invalidate|_|*2|$4|ECHO|$2|hi|".replace("|", "\r\n");

        for (byte one : stream.getBytes(StandardCharsets.US_ASCII)) {
            reader.read(new byte[] {one}, 1);
        }

        assertThat(frames)
                .extracting(RespFrames.Frame::type)
                .containsExactly('+', ':', '$', '$', '*', '*', '*', '%', '>', '*');
        assertThat(frames).last().extracting(RespFrames.Frame::firstBulk).isEqualTo("ECHO");
    }
}
