package io.ratelimit.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.redis.testing.TcpProxy;
import io.ratelimit.redis.testing.load.FaultScale;
import io.ratelimit.redis.testing.load.Ledger;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Something answers that is no Redis, or no longer makes sense. */
class NonsenseTest {
    private static final Duration FAULT = FaultScale.lasting(Duration.ofMillis(2_500), Duration.ofSeconds(30));

    private final RedisFixture redis = RedisFixture.shared();
    private final TcpProxy proxy = TcpProxy.to(redis);
    private final Limiters limiters = Limiters.at(proxy.host(), proxy.port());

    /** A way to spoil what comes from a server. */
    private interface Fault {
        void begin(TcpProxy proxy) throws IOException;
    }

    @BeforeEach
    void warmUp() {
        limiters.warmUp();
    }

    @AfterEach
    void close() {
        limiters.close();
        proxy.close();
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of("garbage", (Fault) proxy -> proxy.insteadOfReplies(new byte[] {0, -1, 7, 0, 42})),
                Arguments.of("a reply of HTTP", (Fault) proxy -> proxy.insteadOfReplies(
                        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII))),
                Arguments.of("truncated replies", (Fault) proxy -> proxy.truncateReplies(3)),
                Arguments.of("lost replies", (Fault) proxy -> proxy.truncateReplies(0)),
                Arguments.of("an HTTP server", (Fault) NonsenseTest::leadToAnHttpServer));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void dropsConnectionsWithoutABusyLoop(String name, Fault fault) throws IOException {
        try (FaultRun run = FaultRun.start(name, limiters, Traffic.unlimited(20))) {
            int attempts = proxy.accepted();
            long onset = System.nanoTime();
            fault.begin(proxy);
            long opened = run.awaitOpen(onset);
            run.goOn(FAULT);
            attempts = proxy.accepted() - attempts;
            proxy.passReplies();
            proxy.leadTo(redis.host(), redis.port());
            proxy.cut();
            long end = System.nanoTime();
            long closed = run.awaitClosed(end);
            run.goOn(Duration.ofMillis(500));
            Ledger ledger = run.end();

            run.say(
                    "open after %s back after %s connections %d in %s",
                    FaultRun.millis(FaultRun.between(onset, opened)),
                    FaultRun.millis(FaultRun.between(end, closed)),
                    attempts,
                    FaultRun.millis(FaultRun.between(onset, end)));
            run.assertOpened(onset, opened);
            run.assertHealed(end, closed);
            // The pauses double from 20 ms to 2 s, of which at least half is waited.
            assertThat((long) attempts).as("connections opened").isLessThan(12 + 2 * FAULT.toSeconds());
            run.assertQuick(ledger, opened);
        }
    }

    private static void leadToAnHttpServer(TcpProxy proxy) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(0)));
        proxy.leadTo("127.0.0.1", server.getAddress().getPort());
        proxy.cut();
    }
}
