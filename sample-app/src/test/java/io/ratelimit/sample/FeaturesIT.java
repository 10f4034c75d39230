package io.ratelimit.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.ActiveProfiles;

/** What application-features.yml says. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "ratelimit.backend=memory")
@ActiveProfiles("features")
class FeaturesIT {
    @LocalServerPort
    private int port;

    private SampleClient client;

    @BeforeEach
    void comeFromAnAddressThatNobodyUsed() {
        client = SampleClient.of(port);
    }

    @Test
    void countsOnlyFailedLogins() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(client.login("demo", "secret").statusCode()).isEqualTo(200);
        }
        for (int i = 0; i < 5; i++) {
            assertThat(client.login("demo", "wrong").statusCode()).isEqualTo(401);
        }
        assertThat(client.login("demo", "secret").statusCode()).isEqualTo(429);
    }

    @Test
    void onlyWatchesAShadowRule() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(client.get("/search?q=turn").statusCode()).isEqualTo(200);
        }
        assertThat(client.get("/actuator/prometheus").body())
                .contains("outcome=\"shadow-denied\",rule=\"search-next\"");
    }

    @Test
    void writesBothStylesOfHeaders() throws Exception {
        HttpResponse<String> response = client.get("/search");

        assertThat(response.headers().firstValue("X-RateLimit-Limit")).isPresent();
        assertThat(response.headers().firstValue("RateLimit-Policy").orElseThrow())
                .contains("\"search\";q=20;w=1", "\"search-2\";q=1000;w=3600");
    }

    @Test
    void chargesAnUploadByItsSize() throws Exception {
        String body = "x".repeat(100 * 1024);

        assertThat(client.post("/upload", body, "text/plain").statusCode()).isEqualTo(200);
        assertThat(client.post("/upload", body, "text/plain").statusCode()).isEqualTo(200);
        assertThat(client.post("/upload", body, "text/plain").statusCode()).isEqualTo(429);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "1024, 1", "1025, 2", "2048, 2", "2049, 3"})
    void chargesAPermitForEachStartedKilobyte(int bytes, int permits) throws Exception {
        assertThat(costOf(BodyPublishers.ofByteArray(new byte[bytes]))).isEqualTo(permits);
    }

    @Test
    void chargesAnUploadOfUnknownSizeAsMuchAsCanBeAdmittedAtOnce() throws Exception {
        BodyPublisher chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[100 * 1024]));

        assertThat(costOf(chunked)).isEqualTo(256);
    }

    /** Returns what the quota of 256 is less by. */
    private long costOf(BodyPublisher body) throws Exception {
        HttpResponse<String> response = client.send("POST", "/upload", body, "Content-Type", "text/plain");
        assertThat(response.statusCode()).isEqualTo(200);
        Matcher quota = Pattern.compile("\"upload\";r=(\\d+)")
                .matcher(response.headers().firstValue("RateLimit").orElseThrow());
        assertThat(quota.find()).isTrue();
        return 256 - Long.parseLong(quota.group(1));
    }

    @Test
    void countsByTenant() throws Exception {
        client.get("/protected", "X-Tenant", "north");
        HttpResponse<String> north = client.get("/protected", "X-Tenant", "north");
        HttpResponse<String> south = client.get("/protected", "X-Tenant", "south");

        assertThat(north.headers().firstValue("X-RateLimit-Remaining")).hasValue("98");
        assertThat(south.headers().firstValue("X-RateLimit-Remaining")).hasValue("99");
    }

    @Test
    void countsByWhomAResolverFinds() throws Exception {
        client.get("/quote", "X-Partner", "north");
        SampleClient elsewhere = SampleClient.of(port);

        assertThat(partnersQuota(elsewhere.get("/quote", "X-Partner", "north")))
                .as("one partner, wherever it comes from")
                .contains("\"partners\";r=48");
        assertThat(partnersQuota(elsewhere.get("/quote", "X-Partner", "south"))).contains("\"partners\";r=49");
        assertThat(partnersQuota(client.get("/quote", "X-Partner", "made-up-1")))
                .contains("\"partners\";r=49");
        assertThat(partnersQuota(client.get("/quote", "X-Partner", "made-up-2")))
                .as("a made-up name counts by address")
                .contains("\"partners\";r=48");
    }

    private static String partnersQuota(HttpResponse<String> response) {
        return response.headers().firstValue("RateLimit").orElseThrow();
    }

    @Test
    void knowsTheTierOfAUser() throws Exception {
        HttpResponse<String> partner = client.get("/api/items", "X-Demo-User", "ada");
        HttpResponse<String> unlimited = client.get("/api/items", "X-Demo-User", "root");
        HttpResponse<String> free = client.get("/api/items", "X-Demo-User", "bob");

        assertThat(policies(partner)).contains("\"items\";q=10000", "\"items-2\";q=100;w=1");
        assertThat(policies(unlimited)).as("of the unlimited tier").doesNotContain("\"items\"");
        assertThat(policies(free)).as("of the default tier").contains("\"items\";q=50");
    }

    private static String policies(HttpResponse<String> response) {
        return response.headers().firstValue("RateLimit-Policy").orElseThrow();
    }

    @Test
    void knowsAKeyByItsHashAndTheTierOfIt() throws Exception {
        HttpResponse<String> partner = client.get("/api/items", "X-API-Key", "demo-partner");
        HttpResponse<String> inQuery = client.get("/api/items?api_key=demo-partner");

        assertThat(partner.headers().firstValue("RateLimit-Policy").orElseThrow())
                .contains("\"items\";q=10000", "\"items-2\";q=100;w=1");
        assertThat(inQuery.headers().firstValue("RateLimit").orElseThrow()).contains("\"items\";r=9998");
        assertThat(client.get("/api/items")
                        .headers()
                        .firstValue("RateLimit-Policy")
                        .orElseThrow())
                .as("the free tier of this rule")
                .contains("\"items\";q=50");
    }

    @Test
    void refusesTheBlockedAndLeavesTheExemptAlone() throws Exception {
        SampleClient blocked = SampleClient.from("203.0.113.7", port);
        SampleClient exempt = SampleClient.from("192.0.2.10", port);

        assertThat(blocked.get("/search").statusCode()).isEqualTo(403);
        HttpResponse<String> unlimited = exempt.send("HEAD", "/search", BodyPublishers.noBody());
        assertThat(unlimited.statusCode()).isEqualTo(200);
        assertThat(unlimited.headers().map()).doesNotContainKey("x-ratelimit-limit");
    }

    @Test
    void explainsARequestAndLetsNobodyForget() throws Exception {
        String explained = client.get("/actuator/ratelimit/explain?method=POST&path=/login&address=192.0.2.77")
                .body();
        HttpResponse<String> reset = client.send(
                "DELETE", "/actuator/ratelimit/failed-logins?kind=ip&value=192.0.2.77", BodyPublishers.noBody());

        assertThat(explained).contains("failed-logins").doesNotContain("192.0.2.77");
        assertThat(reset.statusCode())
                .as("read-only unless configured otherwise")
                .isEqualTo(405);
        assertThat(client.get("/actuator/ratelimit/top").statusCode()).isEqualTo(200);
    }
}
