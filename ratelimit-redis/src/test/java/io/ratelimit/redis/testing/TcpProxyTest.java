package io.ratelimit.redis.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
    void staysSilentForGoodOnConnectionsThatWereInABlackHole() {
        RedisAsyncCommands<String, String> commands = client.connect().async();
        proxy.blackHole();
        RedisFuture<String> lost = commands.ping();
        proxy.endBlackHole();

        assertThat(client.connect().sync().ping()).as("over a new connection").isEqualTo("PONG");
        assertThat(lost.toCompletableFuture()).isNotDone();
    }

    @Test
    void losesRepliesToWhatIsCarriedOut() throws InterruptedException {
        RedisAsyncCommands<String, String> commands = client.connect().async();
        String key = redis.newNamespace();
        proxy.truncateReplies(0);

        assertThat(commands.set(key, "value").await(300, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(redis.commands().get(key)).isEqualTo("value");
    }

    @Test
    void resetsConnections() throws IOException {
        try (Socket socket = new Socket(proxy.host(), proxy.port())) {
            await().until(() -> proxy.mostAtOnce() == 1);
            proxy.reset();
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }

    @Test
    void leadsNewConnectionsElsewhere() {
        try (RedisProcess other = RedisProcess.start()) {
            other.ask(commands -> commands.set("only-there", "yes"));
            proxy.leadTo(other.host(), other.port());
            assertThat(client.connect().sync().get("only-there")).isEqualTo("yes");
        }
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
