package io.ratelimit.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The sample without any Redis. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "ratelimit.backend=memory")
class MemoryBackendIT {
    @LocalServerPort
    private int port;

    @Autowired
    private ObjectProvider<EmbeddedRedis> embeddedRedis;

    @Test
    void enforcesTheLimitsInMemory() throws Exception {
        SampleClient client = SampleClient.of(port);
        for (int i = 0; i < 10; i++) {
            assertThat(client.get("/reports").statusCode()).isEqualTo(200);
        }
        assertThat(client.get("/reports").statusCode()).isEqualTo(429);
    }

    @Test
    void startsNoRedisAndIsHealthy() throws Exception {
        HttpResponse<String> health = SampleClient.of(port).get("/actuator/health");

        assertThat(embeddedRedis.getIfAvailable()).isNull();
        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body()).contains("\"backend\":\"memory\"");
    }
}
