package io.ratelimit.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The sample as it is, on the Redis that it starts for itself. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = "ratelimit.identity.ip.trusted-proxies=127.0.0.1")
class SampleApplicationIT {
    private static final JsonMapper JSON = new JsonMapper();

    @LocalServerPort
    private int port;

    private SampleClient client;

    @BeforeEach
    void comeFromAnAddressThatNobodyUsed() {
        client = SampleClient.of(port);
    }

    @Test
    void deniesTheSixthLoginWithinAMinute() throws Exception {
        WindowStart.awaitRoom(Duration.ofMinutes(1), Duration.ofSeconds(10));
        for (int i = 4; i >= 0; i--) {
            HttpResponse<String> login = client.login("demo", "secret");
            assertThat(login.statusCode()).isEqualTo(200);
            assertThat(header(login, "X-RateLimit-Remaining")).isEqualTo(Integer.toString(i));
        }

        HttpResponse<String> sixth = client.login("demo", "secret");

        long now = Instant.now().getEpochSecond();
        long endOfMinute = now - now % 60 + 60;
        assertThat(sixth.statusCode()).isEqualTo(429);
        assertThat(header(sixth, "X-RateLimit-Limit")).isEqualTo("5");
        assertThat(header(sixth, "X-RateLimit-Remaining")).isEqualTo("0");
        assertThat(header(sixth, "X-RateLimit-Reset")).isEqualTo(Long.toString(endOfMinute));
        long retryAfter = Long.parseLong(header(sixth, "Retry-After"));
        assertThat(now + retryAfter).as("Retry-After ends with the minute").isCloseTo(endOfMinute, within(1L));
        assertThat(header(sixth, "Content-Type")).startsWith("application/problem+json");
        JsonNode problem = JSON.readTree(sixth.body());
        assertThat(problem.path("type").asString())
                .isEqualTo("https://iana.org/assignments/http-problem-types#quota-exceeded");
        assertThat(problem.path("status").asInt()).isEqualTo(429);
        assertThat(problem.path("violated-policies").toString()).isEqualTo("[\"login\"]");
        assertThat(problem.path("retryAfter").asLong()).isEqualTo(retryAfter);
    }

    @Test
    void refusesAWrongPasswordAndAnIncompleteLogin() throws Exception {
        assertThat(client.login("demo", "wrong").statusCode()).isEqualTo(401);
        assertThat(client.login("somebody", "secret").statusCode()).isEqualTo(401);
        assertThat(client.login("", "secret").statusCode()).isEqualTo(400);
        assertThat(client.post("/login", "{}", "application/json").statusCode()).isEqualTo(400);
        assertThat(client.post("/login", "no JSON", "application/json").statusCode())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "GET,  /search?q=me, 100",
        "POST, /upload,      10",
        "GET,  /reports,     10",
        "GET,  /queue,       10",
        "GET,  /api/items,   100",
        "GET,  /api/items/2, 100",
        "GET,  /protected,   1000",
        "POST, /protected,   1000"
    })
    void answersWithJsonAndTheLimitOfTheEndpoint(String method, String path, long limit) throws Exception {
        HttpResponse<String> response = client.send(method, path, BodyPublishers.ofString(""));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Content-Type")).startsWith("application/json");
        assertThat(header(response, "X-RateLimit-Limit")).isEqualTo(Long.toString(limit));
        assertThat(header(response, "X-RateLimit-Remaining")).isEqualTo(Long.toString(limit - 1));
    }

    @Test
    void limitsAnAnnotatedHandlerBesideTheDefault() throws Exception {
        for (int i = 4; i >= 0; i--) {
            HttpResponse<String> quote = client.get("/quote");
            assertThat(quote.statusCode()).isEqualTo(200);
            assertThat(header(quote, "X-RateLimit-Limit")).isEqualTo("5");
            assertThat(header(quote, "X-RateLimit-Remaining")).isEqualTo(Integer.toString(i));
        }
        assertThat(client.get("/quote").statusCode()).isEqualTo(429);
        assertThat(header(client.get("/protected"), "X-RateLimit-Remaining"))
                .as("left of the default, which the six quotes were counted under too")
                .isEqualTo("993");
    }

    @Test
    void countsAnUploadWhateverItsForm() throws Exception {
        String file = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nabc\r\n--x--\r\n";
        HttpResponse<String> multipart = client.post("/upload", file, "multipart/form-data; boundary=x");
        HttpResponse<String> plain = client.post("/upload", "abcd", "text/plain");

        assertThat(multipart.body()).isEqualTo("{\"bytes\":3}");
        assertThat(plain.body()).isEqualTo("{\"bytes\":4}");
        assertThat(header(plain, "X-RateLimit-Remaining")).isEqualTo("8");
    }

    @Test
    void countsHeadAsGet() throws Exception {
        client.get("/reports");

        HttpResponse<String> head = client.send("HEAD", "/reports", BodyPublishers.noBody());

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(header(head, "X-RateLimit-Remaining")).isEqualTo("8");
    }

    @Test
    void countsAllItemsUnderOneRule() throws Exception {
        client.get("/api/items");
        client.get("/api/items/1");

        HttpResponse<String> unknown = client.get("/api/items/99");

        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(header(unknown, "X-RateLimit-Remaining")).isEqualTo("97");
    }

    @ParameterizedTest
    @CsvSource({"demo-free, 100", "demo-basic, 1000", "demo-premium, 10000", "demo-enterprise, 100000"})
    void givesEachTierItsLimit(String apiKey, String limit) throws Exception {
        assertThat(header(client.get("/api/items", "X-API-Key", apiKey), "X-RateLimit-Limit"))
                .isEqualTo(limit);
    }

    @Test
    void countsAnUnknownKeyByAddressInTheFreeTier() throws Exception {
        client.get("/api/items", "X-API-Key", "made-up");

        HttpResponse<String> other = client.get("/api/items", "X-API-Key", "made-up-too");

        assertThat(header(other, "X-RateLimit-Limit")).isEqualTo("100");
        assertThat(header(other, "X-RateLimit-Remaining")).isEqualTo("98");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/hello", "/actuator/health", "/actuator/health/readiness", "/actuator/prometheus"})
    void leavesExcludedPathsAlone(String path) throws Exception {
        HttpResponse<String> response = client.get(path);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().map()).doesNotContainKey("x-ratelimit-limit");
    }

    @Test
    void pacesTheQueueAndRefusesWhenItIsFull() throws Exception {
        long start = System.nanoTime();
        List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            sent.add(client.getAsync("/queue"));
        }
        List<Instant> served = new ArrayList<>();
        int refused = 0;
        for (CompletableFuture<HttpResponse<String>> request : sent) {
            HttpResponse<String> response = request.get();
            if (response.statusCode() == 200) {
                served.add(Instant.parse(
                        JSON.readTree(response.body()).path("servedAt").asString()));
            } else {
                assertThat(response.statusCode()).isEqualTo(429);
                refused++;
            }
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(refused).as("refused when the queue was full").isPositive();
        assertThat(served).as("served in turn").hasSizeGreaterThanOrEqualTo(10);
        served.sort(null);
        Duration between = Duration.between(served.get(0), served.get(served.size() - 1));
        assertThat(between)
                .as("five a second: %s", served)
                .isGreaterThanOrEqualTo(Duration.ofMillis(200L * (served.size() - 1) - 150));
        assertThat(took).as("nobody waits longer than the queue is").isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void tellsWhereItCounts() throws Exception {
        JsonNode health = JSON.readTree(client.get("/actuator/health").body());

        assertThat(health.path("components")
                        .path("rateLimit")
                        .path("details")
                        .path("backend")
                        .asString())
                .isEqualTo("redis");
        client.get("/reports");
        assertThat(client.get("/actuator/prometheus").body())
                .contains("ratelimit_requests_total{algorithm=\"sliding-log\",outcome=\"allowed\",rule=\"reports\"");
        assertThat(client.get("/actuator/metrics/ratelimit.requests").statusCode())
                .isEqualTo(200);
    }

    private static String header(HttpResponse<String> response, String name) {
        Map<String, List<String>> all = response.headers().map();
        assertThat(response.headers().allValues(name))
                .as("%s among %s", name, all)
                .hasSize(1);
        return response.headers().firstValue(name).orElseThrow();
    }
}
