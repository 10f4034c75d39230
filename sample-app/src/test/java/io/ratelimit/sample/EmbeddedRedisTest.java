package io.ratelimit.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class EmbeddedRedisTest {
    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withUserConfiguration(EmbeddedRedisConfiguration.class);

    @Test
    void startsWhereNoRedisIsConfiguredAndStopsWithTheApplication(CapturedOutput output) {
        int[] port = new int[1];
        runner.run(context -> {
            port[0] = context.getBean(DataRedisConnectionDetails.class)
                    .getStandalone()
                    .getPort();
            assertThat(ping(port[0])).isEqualTo("+PONG");
            assertThat(output).contains("No Redis is configured: started one on 127.0.0.1:" + port[0]);
        });
        assertThat(answers(port[0])).as("a Redis after the application").isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spring.data.redis.host=localhost",
                "spring.data.redis.url=redis://localhost",
                "spring.data.redis.cluster.nodes[0]=localhost:7000",
                "spring.data.redis.sentinel.nodes=localhost:26379",
                "spring.data.redis.masterreplica.nodes=localhost:6379",
                "ratelimit.backend=memory",
                "ratelimit.backend=MEMORY",
                "ratelimit.enabled=false"
            })
    void doesNotStartWhereOneIsConfiguredOrNoneIsNeeded(String property) {
        runner.withPropertyValues(property).run(context -> assertThat(context).doesNotHaveBean(EmbeddedRedis.class));
    }

    @Test
    void startsBesideSettingsThatDoNotSayWhereARedisIs() {
        runner.withPropertyValues(
                        "spring.data.redis.timeout=1s", "spring.data.redis.port=6380", "ratelimit.backend=redis")
                .run(context -> assertThat(context).hasSingleBean(EmbeddedRedis.class));
    }

    @Test
    void namesTheAlternativesWhereItDoesNotRun() {
        FailureAnalysis analysis = new EmbeddedRedisFailureAnalyzer()
                .analyze(new IllegalStateException(new EmbeddedRedisException(new IOException("Exec format error"))));

        assertThat(analysis.getDescription()).contains("Exec format error", System.getProperty("os.arch"));
        assertThat(analysis.getAction()).contains("--spring.data.redis.host=", "--ratelimit.backend=memory");
    }

    private static String ping(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
        }
    }

    private static boolean answers(int port) {
        try {
            return ping(port).equals("+PONG");
        } catch (IOException refused) {
            return false;
        }
    }
}
