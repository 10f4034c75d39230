package io.ratelimit.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.redis.testing.RedisFixture;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The sample with its rules replaced from outside, and on a Redis that is configured. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "ratelimit.rules[0].id=login",
            "ratelimit.rules[0].path=/login",
            "ratelimit.rules[0].key=ip",
            "ratelimit.rules[0].limit=5/2s",
            "ratelimit.rules[0].algorithm=fixed-window",
            "ratelimit.identity.ip.trusted-proxies=127.0.0.1"
        })
class RetryAfterIT {
    private static final Duration WINDOW = Duration.ofSeconds(2);
    private static final String NAMESPACE = RedisFixture.shared().newNamespace();

    @LocalServerPort
    private int port;

    @Autowired
    private ObjectProvider<EmbeddedRedis> embeddedRedis;

    @DynamicPropertySource
    static void useTheRedisOfTheTests(DynamicPropertyRegistry registry) {
        registry.add("spring.data.redis.host", () -> RedisFixture.shared().host());
        registry.add("spring.data.redis.port", () -> RedisFixture.shared().port());
        registry.add("ratelimit.namespace", () -> NAMESPACE);
    }

    @Test
    void admitsAgainAfterTheTimeItSays() throws Exception {
        SampleClient client = SampleClient.of(port);
        client.get("/hello");
        WindowStart.awaitRoom(WINDOW, Duration.ofMillis(1_900));
        for (int i = 0; i < 5; i++) {
            assertThat(client.login("demo", "secret").statusCode()).isEqualTo(200);
        }
        HttpResponse<String> denied = client.login("demo", "secret");
        assertThat(denied.statusCode()).isEqualTo(429);
        long seconds = denied.headers().firstValueAsLong("Retry-After").orElseThrow();
        assertThat(seconds).isBetween(1L, 2L);

        await().pollDelay(Duration.ofSeconds(seconds)).until(() -> true);

        assertThat(client.login("demo", "secret").statusCode()).isEqualTo(200);
    }

    @Test
    void usesTheRedisThatIsConfigured() throws Exception {
        SampleClient client = SampleClient.of(port);
        client.get("/protected");

        assertThat(embeddedRedis.getIfAvailable()).as("a Redis of its own").isNull();
        assertThat(RedisFixture.shared().keys(NAMESPACE)).hasSizeGreaterThanOrEqualTo(1);
    }
}
