package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisURI;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Demand;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.redis.testing.TcpProxy;
import io.ratelimit.store.LimitStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SentinelFaultsTest {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

    private final RedisFixture redis = RedisFixture.shared();
    private final TcpProxy firstSilent = TcpProxy.to(redis);
    private final TcpProxy secondSilent = TcpProxy.to(redis);
    private final ServerSocket sentinel = listen();
    private final Demand demand = TestStores.demand("1000000/1h", Algorithm.FIXED_WINDOW);

    @AfterEach
    void close() throws IOException {
        firstSilent.close();
        secondSilent.close();
        sentinel.close();
    }

    @Test
    void attachesWhenTheSentinelsListedFirstAreSilent() {
        CompletableFuture<Void> answering = CompletableFuture.runAsync(this::answer, task -> {
            Thread thread = new Thread(task, "sentinel");
            thread.setDaemon(true);
            thread.start();
        });
        firstSilent.stall();
        secondSilent.stall();
        RedisURI uri = RedisURI.builder()
                .withSentinel(firstSilent.host(), firstSilent.port())
                .withSentinel(secondSilent.host(), secondSilent.port())
                .withSentinel("127.0.0.1", sentinel.getLocalPort())
                .withSentinelMasterId("main")
                .build();
        long begun = System.nanoTime();

        try (LimitStore store = TestStores.at(uri)
                .timeout(TestStores.PATIENT)
                .connectTimeout(CONNECT_TIMEOUT)
                .build()) {
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .as("waited for in build")
                    .isLessThan(CONNECT_TIMEOUT.multipliedBy(2));
            await().atMost(Duration.ofSeconds(20)).until(() -> TestStores.isServed(store, demand));
            assertThat(answering).isNotCompletedExceptionally();
        }
    }

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Answers as a sentinel of Redis 5 would, one client after the other. */
    private void answer() {
        while (!sentinel.isClosed()) {
            try (Socket client = sentinel.accept();
                    BufferedReader lines = new BufferedReader(
                            new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    client.getOutputStream().write(reply(line).getBytes(StandardCharsets.US_ASCII));
                }
            } catch (IOException gone) {
                // The client has closed, or the test has.
            }
        }
    }

    /** Returns the reply to a line that names a command, and nothing for one of its arguments. */
    private String reply(String line) {
        return switch (line) {
            case "PING" -> "+PONG\r\n";
            case "HELLO", "CLIENT" -> "-ERR unknown command\r\n";
            case "SENTINEL" -> {
                String port = Integer.toString(redis.port());
                yield "*2\r\n$" + redis.host().length() + "\r\n" + redis.host() + "\r\n$" + port.length() + "\r\n"
                        + port + "\r\n";
            }
            default -> "";
        };
    }
}
