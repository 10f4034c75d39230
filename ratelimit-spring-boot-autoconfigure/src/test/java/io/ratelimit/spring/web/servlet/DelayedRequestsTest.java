package io.ratelimit.spring.web.servlet;

import static io.ratelimit.spring.web.servlet.Rules.leaky;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.spring.web.TestSettings;
import io.ratelimit.spring.web.servlet.TestServer.Parts;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests in a leaky bucket wait for their turn, and take no thread for it. */
class DelayedRequestsTest {
    private static final String BOUNDARY = "x0123456789";

    private static Parts queue(String limit) {
        return new Parts()
                .rule(Rule.named("queue")
                        .paths("/queue/**", "/upload", "/plain/**")
                        .key(RuleKey.parse("ip"))
                        .limits(leaky(limit)));
    }

    /** The buckets' own clock stands still, so that none drains while a slow machine does something else. */
    private static TestServer server(Setup setup, Parts parts) {
        return TestServer.of(setup).install(parts);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void pacesUntilTheQueueIsFull(Setup setup) {
        TestServer server = server(setup, queue("5/1s burst 3"));
        long start = System.nanoTime();

        List<CompletableFuture<RawResponse>> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            answers.add(CompletableFuture.supplyAsync(() -> server.get("/queue")));
            int sent = i + 1;
            await().pollInterval(Duration.ofMillis(5))
                    .until(() -> server.handled() + server.board.web().heldRequests() >= sent);
        }
        RawResponse refused = server.get("/queue");
        List<String> bodies =
                answers.stream().map(answer -> answer.join().body()).toList();

        assertThat(bodies).containsExactlyInAnyOrder("at once", "waited", "waited");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(395));
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.number("Retry-After")).isEqualTo(1);
        assertThat(server.handled()).isEqualTo(3);
        assertThat(server.board.web().heldRequests()).isZero();
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void refusesAndRefundsWhatHasNoPlaceToWait(Setup setup) {
        TestServer server = server(setup, queue("1/1m burst 9").settings(TestSettings.maxHeld(0)));
        assertThat(server.get("/queue").body()).isEqualTo("at once");

        for (int i = 0; i < 12; i++) {
            RawResponse refused = server.get("/queue");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("X-RateLimit-Remaining"))
                    .as("refunded each time")
                    .isEqualTo("7");
            assertThat(refused.number("Retry-After")).isBetween(58L, 60L);
            assertThat(refused.body()).contains("\"violated-policies\":[\"queue\"]");
        }
        assertThat(server.handled()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void refusesAndRefundsOutsideSpringMvc(Setup setup) {
        TestServer server = server(setup, queue("1/1m burst 9"));

        assertThat(server.get("/plain/x").body()).isEqualTo("plain");
        for (int i = 0; i < 12; i++) {
            assertThat(server.get("/plain/x").status()).isEqualTo(429);
        }

        assertThat(server.handled()).isEqualTo(1);
        assertThat(server.board.web().heldRequests()).isZero();
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#withSecurity")
    void aDelayedPostPassesEveryFilterOnce(Setup setup) {
        TestServer server = server(setup, queue("5/1s burst 9"));
        server.get("/queue");
        int before = server.board.counted("request-only");

        RawResponse answer = server.request("POST", "/queue/echo")
                .header("Authorization", "Bearer signed-ann")
                .header("Cookie", "XSRF-TOKEN=" + WithSecurity.CSRF_TOKEN)
                .header("X-XSRF-TOKEN", WithSecurity.CSRF_TOKEN)
                .body("text/plain", "hello")
                .send();

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("hello of ann");
        assertThat(server.board.counted("jwt")).isEqualTo(1);
        assertThat(server.board.counted("request-only") - before).isEqualTo(1);
        assertThat(server.handled()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#withSecurity")
    void aForgedPostDoesNotGetIntoTheQueue(Setup setup) {
        TestServer server = server(setup, queue("5/1s burst 9"));
        server.get("/queue");

        RawResponse answer = server.request("POST", "/queue/echo")
                .header("Authorization", "Bearer signed-ann")
                .body("text/plain", "hello")
                .send();

        assertThat(answer.status()).isEqualTo(403);
        assertThat(server.handled()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void anUploadKeepsItsFilesWhileItWaits(Setup setup) {
        TestServer server = server(setup, queue("5/1s burst 9"));
        server.get("/queue");

        RawResponse answer = server.request("POST", "/upload")
                .body(
                        "multipart/form-data; boundary=" + BOUNDARY,
                        "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n"
                                + "Content-Type: text/plain\r\n\r\n" + "content".repeat(20_000) + "\r\n--" + BOUNDARY
                                + "--\r\n")
                .send();

        assertThat(answer.body()).isEqualTo("uploaded " + "content".repeat(20_000));
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#withoutSecurity")
    void heldRequestsHoldNoThreads(Setup setup) throws IOException {
        TestServer server = server(setup, queue("1/1h burst 1000"));
        List<Socket> clients = new ArrayList<>();
        try {
            // More than Tomcat and Jetty have threads.
            for (int i = 0; i < 260; i++) {
                clients.add(server.request("GET", "/queue").abandon());
            }
            await().pollInterval(Duration.ofMillis(5))
                    .untilAsserted(
                            () -> assertThat(server.board.web().heldRequests()).isEqualTo(259));

            assertThat(server.get("/free").status()).isEqualTo(200);
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
        server.board.web().close();
        assertThat(server.board.web().heldRequests()).as("woken when it stops").isZero();
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#withoutSecurity")
    void requestsOfThreeAddressesLeaveRoomForAStranger(Setup setup) throws IOException {
        TestServer server = server(
                setup, queue("1/1h burst 1000").trusting("127.0.0.1", "::1").settings(TestSettings.maxHeld(24)));
        List<Socket> clients = new ArrayList<>();
        try {
            int expected = 0;
            // Of 18 places that the rule may have: at most half of what the others left.
            for (int places : List.of(8, 5, 3, 1)) {
                String address = "192.0.2." + places;
                assertThat(from(server, address).send().body()).isEqualTo("at once");
                for (int i = 0; i < 8; i++) {
                    clients.add(from(server, address).abandon());
                }
                expected += places;
                int held = expected;
                await().pollInterval(Duration.ofMillis(5))
                        .untilAsserted(() ->
                                assertThat(server.board.web().heldRequests()).isEqualTo(held));
            }
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
        server.board.web().close();
    }

    private static RawRequest from(TestServer server, String address) {
        return server.request("GET", "/queue").header("X-Forwarded-For", address);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aPlaceIsFreeAgainWhenItsClientHasGone(Setup setup) throws IOException {
        TestServer server = server(setup, queue("5/1s burst 9").settings(TestSettings.maxHeld(1)));
        server.get("/queue");
        try (Socket client = server.request("GET", "/queue").abandon()) {
            await().pollInterval(Duration.ofMillis(5))
                    .until(() -> server.board.web().heldRequests() == 1 || server.handled() == 2);
            client.setSoLinger(true, 0);
        }

        await().atMost(2, TimeUnit.SECONDS)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> server.board.web().heldRequests() == 0);
        assertThat(server.get("/queue").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aHandlersOwnQueueIsWaitedForToo(Setup setup) {
        Rule own = Rule.named("own")
                .key(RuleKey.parse("ip"))
                .limits(leaky("5/1s burst 9"))
                .build();
        TestServer server = server(
                setup,
                new Parts()
                        .with(builder -> builder.handlerRules(
                                method -> method.getMethod().getName().equals("queue") ? List.of(own) : List.of())));

        assertThat(server.get("/queue").body()).isEqualTo("at once");
        assertThat(server.get("/queue").body()).isEqualTo("waited");
        assertThat(server.handled()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aForwardIntoTheQueueWaitsToo(Setup setup) {
        TestServer server = server(setup, queue("5/1s burst 9"));
        server.get("/queue");

        RawResponse answer = server.get("/forward-to-queue");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("waited");
        assertThat(server.handled()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void anAsynchronousHandlerMayFollowTheWait(Setup setup) {
        TestServer server = server(
                setup,
                new Parts()
                        .rule(Rule.named("queue")
                                .paths("/async", "/sse")
                                .key(RuleKey.parse("ip"))
                                .limits(leaky("5/1s burst 9"))));

        assertThat(server.get("/async").body()).isEqualTo("async");
        assertThat(server.get("/async").body()).isEqualTo("async");
        assertThat(server.get("/sse").body()).contains("one", "two");
        assertThat(server.handled()).isEqualTo(3);
        assertThat(server.board.web().heldRequests()).isZero();
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aShadowQueueDelaysNobody(Setup setup) {
        TestServer server = server(
                setup,
                new Parts()
                        .rule(Rule.named("watched")
                                .paths("/queue")
                                .key(RuleKey.parse("ip"))
                                .mode(io.ratelimit.rule.Mode.SHADOW)
                                .limits(leaky("1/1h burst 2"))));

        for (int i = 0; i < 4; i++) {
            RawResponse answer = server.get("/queue");
            assertThat(answer.body()).isEqualTo("at once");
            assertThat(answer.header("X-RateLimit-Limit")).isNull();
        }
    }
}
