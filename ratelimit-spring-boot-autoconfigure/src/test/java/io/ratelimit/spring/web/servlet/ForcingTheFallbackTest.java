package io.ratelimit.spring.web.servlet;

import static io.ratelimit.spring.web.servlet.Rules.five;
import static io.ratelimit.spring.web.servlet.Rules.fixed;
import static io.ratelimit.spring.web.servlet.Rules.leaky;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleCost;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.spring.web.TestSettings;
import io.ratelimit.spring.web.servlet.Oracle.Way;
import io.ratelimit.spring.web.servlet.TestServer.Parts;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * No client can make decisions come from the fallback, neither its own nor those of others; and where somebody manages it
 * all the same, it buys nothing. With a real Redis, behind a trusted proxy that names the clients.
 */
class ForcingTheFallbackTest {
    private static final String ATTACKER = "203.0.113.66";
    private static final AtomicInteger BYSTANDERS = new AtomicInteger();

    private static RawRequest as(String client, RawRequest request) {
        return request.header("X-Forwarded-For", client);
    }

    private static Way attack(String name, Function<TestServer, RawRequest> request) {
        return Way.of(name, server -> as(ATTACKER, request.apply(server)));
    }

    private static Parts limited() {
        return new Parts().rule(five("limited", "/limited/**")).trusting("127.0.0.0/8");
    }

    /** Somebody who does nothing wrong gets five and no more, decided by Redis. */
    private static void assertServed(TestServer server, String path) {
        String bystander = "198.51.100." + BYSTANDERS.incrementAndGet() % 250;
        String separator = path.contains("?") ? "&" : "?";
        int before = server.handled();
        for (int i = 0; i < 7; i++) {
            as(bystander, server.request("GET", path + separator + "who=" + bystander + "&n=1"))
                    .header("X-Tenant", "tenant of " + bystander)
                    .send();
        }
        assertThat(server.handled() - before).as("handled for a bystander").isEqualTo(5);
    }

    private static void assertHarmless(Setup setup, Parts parts, List<Way> attacks, String bystandersPath) {
        try (FailoverBackend backend = new FailoverBackend(TestServer.of(setup).ticker, 4)) {
            TestServer server = backend.behind(TestServer.of(setup), parts);
            for (Way attack : attacks) {
                for (int i = 0; i < 4; i++) {
                    attack.request().apply(server).send();
                }
                assertServed(server, bystandersPath);
            }
            backend.assertUndisturbed();
        }
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void absurdRequestsAreNoFailuresOfRedis(Setup setup) {
        List<Way> attacks = List.of(
                attack("a long path", server -> server.request("GET", "/limited/" + "a".repeat(6_000))),
                attack("NUL in the path", server -> server.request("GET", "/limited/%00")),
                attack("a raw control character", server -> server.request("GET", "/limited/\u0001")),
                attack("no UTF-8", server -> server.request("GET", "/limited/%ff%fe%c0%af")),
                attack("a broken escape", server -> server.request("GET", "/limited/%zz")),
                attack("a broken target", server -> server.raw("GET", "http://[::1/limited/7")),
                attack("an unknown method", server -> server.request("G-E-T", "/limited/7")),
                attack("a broken method", server -> server.request("G\u0000T", "/limited/7")),
                attack(
                        "a long header",
                        server -> server.request("GET", "/limited/7").header("X-Tenant", "t".repeat(6_000))),
                attack(
                        "too long a header",
                        server -> server.request("GET", "/limited/7").header("X-Tenant", "t".repeat(70_000))),
                attack(
                        "NUL in a header",
                        server -> server.request("GET", "/limited/7").header("X-API-Key", "a\u0000b")),
                attack(
                        "a thousand hops",
                        server ->
                                server.request("GET", "/limited/7").header("X-Forwarded-For", "1.1.1.1,".repeat(900))),
                attack("many headers", server -> {
                    RawRequest request = server.request("GET", "/limited/7");
                    IntStream.range(0, 80).forEach(i -> request.header("X-" + i, "x"));
                    return request;
                }));

        assertHarmless(setup, limited(), attacks, "/limited/7");
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void absurdIdentitiesAreNoFailuresOfRedis(Setup setup) {
        Parts parts = new Parts()
                .rule(five("limited", "/limited").key(RuleKey.parse("#query['who']")))
                .trusting("127.0.0.0/8");
        List<Way> attacks = Stream.of(
                        "%00",
                        "a%00b",
                        "%0d%0aFLUSHALL%0d%0a",
                        "x".repeat(6_000),
                        "%ff%fe",
                        "%ed%a0%80",
                        "%f0%9f%92%a9".repeat(300),
                        "{other}:limited:fw1h",
                        "*",
                        "%20",
                        "")
                .map(who -> attack("who=" + who, server -> server.request("GET", "/limited?who=" + who)))
                .toList();

        assertHarmless(setup, parts, attacks, "/limited");
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void absurdCostsAreNoFailuresOfRedis(Setup setup) {
        Parts parts = new Parts()
                .rule(five("limited", "/limited").cost(RuleCost.parse("#query['n']")))
                .rule(Rule.named("bucket")
                        .paths("/limited")
                        .key(RuleKey.parse("ip"))
                        .cost(RuleCost.parse("#query['n']"))
                        .limits(Limit.parse("100/1h")))
                .trusting("127.0.0.0/8");
        List<Way> attacks = Stream.of(
                        "6",
                        "101",
                        "9007199254740993",
                        "9223372036854775807",
                        "9".repeat(400),
                        "-1",
                        "-9223372036854775808",
                        "0",
                        "NaN",
                        "1e308",
                        "")
                .map(n -> attack("n=" + n, server -> server.request("GET", "/limited?n=" + n)))
                .toList();

        assertHarmless(setup, parts, attacks, "/limited");
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void codeOfTheApplicationThatFailsForOneClientIsNoFailureOfRedis(Setup setup) {
        List<String> keys =
                List.of("#headers['X-Tenant'].substring(3)", "#headers['X-Tenant'].bytes[4]", "throwing", "endless");
        Map<String, KeyResolver> resolvers = Map.of(
                "throwing",
                ForcingTheFallbackTest::tenant,
                "endless",
                request -> ATTACKER.equals(forwarded(request)) ? "t".repeat(1_000_000) : tenant(request));
        for (String key : keys) {
            Parts parts = new Parts()
                    .rule(five("limited", "/limited")
                            .key(RuleKey.parse(key))
                            .cost(RuleCost.parse("#headers['X-Tenant'].length() / #headers['X-Tenant'].length()")))
                    .trusting("127.0.0.0/8")
                    .with(builder -> builder.keyResolvers(resolvers));

            assertHarmless(setup, parts, List.of(attack(key, server -> server.request("GET", "/limited"))), "/limited");
        }
    }

    private static String forwarded(HttpServletRequest request) {
        return request.getHeader("X-Forwarded-For");
    }

    private static String tenant(HttpServletRequest request) {
        String tenant = request.getHeader("X-Tenant");
        if (tenant == null) {
            throw new IllegalStateException("There is no such tenant");
        }
        return tenant;
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void handlersThatThrowAreNoFailuresOfRedis(Setup setup) {
        Parts parts = limited()
                .rule(Rule.named("failed-logins")
                        .paths("/failing-login", "/async-failing-login", "/denied", "/login")
                        .key(RuleKey.parse("ip"))
                        .countedStatuses(401)
                        .limits(fixed("1000/1h")))
                .rule(Rule.named("all").paths("/**").key(RuleKey.parse("ip")).limits(fixed("1000/1h")));
        List<Way> attacks = List.of(
                attack("a handler that throws", server -> server.request("GET", "/throws")),
                attack("a servlet that throws", server -> server.request("GET", "/plain/throws")),
                attack("an exception is given back", server -> server.request("POST", "/failing-login")),
                attack("also when it is late", server -> server.request("POST", "/async-failing-login")),
                attack("a failed login", server -> server.request("POST", "/login")),
                attack("an error page", server -> server.request("GET", "/error-page")),
                attack("no such page", server -> server.request("GET", "/no/such/page")),
                attack(
                        "a broken upload",
                        server -> server.request("POST", "/upload").body("multipart/form-data; boundary=x", "--x--x")));

        assertHarmless(setup, parts, attacks, "/limited/7");
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void permitsThatAFullQueueGivesBackAreNoFailuresOfRedis(Setup setup) {
        Parts parts = limited()
                .rule(Rule.named("queue")
                        .paths("/queue")
                        .key(RuleKey.parse("ip"))
                        .limits(leaky("1/1m burst 5")))
                .settings(TestSettings.maxHeld(0));

        assertHarmless(setup, parts, List.of(attack("queue", server -> server.request("GET", "/queue"))), "/limited/7");
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void slowRequestsOfOneClientHoldNobodyUp(Setup setup) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger inside = new AtomicInteger();
        Filter slow = (request, response, chain) -> {
            if (((HttpServletRequest) request).getHeader("X-Slow") != null) {
                inside.incrementAndGet();
                awaitEnd(end);
            }
            chain.doFilter(request, response);
        };
        try (FailoverBackend backend = new FailoverBackend(TestServer.of(setup).ticker, 4)) {
            TestServer server = backend.behind(TestServer.of(setup), limited());
            server.board.behind = List.of(slow);
            List<CompletableFuture<RawResponse>> answers = new ArrayList<>();
            ExecutorService clients = Executors.newCachedThreadPool();
            try {
                for (int i = 0; i < 40; i++) {
                    RawRequest request = as("203.0.113." + i, server.request("GET", "/limited/7"))
                            .header("X-Slow", "yes");
                    answers.add(CompletableFuture.supplyAsync(request::send, clients));
                }
                await().until(() -> inside.get() == 40);
                assertServed(server, "/limited/7");
            } finally {
                end.countDown();
                answers.forEach(CompletableFuture::join);
                clients.shutdown();
            }
            assertThat(answers)
                    .allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(200));
            backend.assertUndisturbed();
        }
    }

    private static void awaitEnd(CountDownLatch end) {
        try {
            assertThat(end.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void slowHeadsAndBodiesOfOneClientHoldNobodyUp(Setup setup) throws Exception {
        AtomicInteger reading = new AtomicInteger();
        Filter reader = (request, response, chain) -> {
            if (((HttpServletRequest) request).getMethod().equals("PATCH")) {
                reading.incrementAndGet();
                request.getInputStream().readAllBytes();
            }
            chain.doFilter(request, response);
        };
        List<Socket> slow = new ArrayList<>();
        try (FailoverBackend backend = new FailoverBackend(TestServer.of(setup).ticker, 4)) {
            TestServer server = backend.behind(TestServer.of(setup), limited());
            server.board.behind = List.of(reader);
            for (int i = 0; i < 20; i++) {
                slow.add(as("203.0.113." + i, server.request("PATCH", "/limited/7"))
                        .header("Content-Length", "1000")
                        .abandon());
                Socket head = new Socket(InetAddress.getLoopbackAddress(), server.port());
                slow.add(head);
                head.getOutputStream()
                        .write("GET /limited/7 HTTP/1.1\r\nHost: loc".getBytes(StandardCharsets.ISO_8859_1));
            }
            await().until(() -> reading.get() == 20);

            assertServed(server, "/limited/7");

            backend.assertUndisturbed();
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void clientsThatLeaveAreNoFailuresOfRedis(Setup setup) throws Exception {
        try (FailoverBackend backend = new FailoverBackend(TestServer.of(setup).ticker, 4)) {
            TestServer server = backend.behind(
                    TestServer.of(setup),
                    limited()
                            .rule(Rule.named("queue")
                                    .paths("/queue")
                                    .key(RuleKey.parse("ip"))
                                    .limits(leaky("1000/1s burst 50"))));
            backend.proxy.delayReplies(() -> Duration.ofMillis(30));
            for (int i = 0; i < 10; i++) {
                leave(as("203.0.113." + i, server.request("GET", "/limited/7")));
                leave(as(ATTACKER, server.request("GET", "/queue")));
                leave(as("203.0.113." + i, server.request("POST", "/upload")).header("Content-Length", "1000"));
            }
            await().until(() -> backend.sources().size() >= 20);
            backend.proxy.passReplies();
            await().until(() -> server.board.web().heldRequests() == 0 && isQuiet(server));

            assertServed(server, "/limited/7");

            backend.assertUndisturbed();
        }
    }

    /** Resets the connection while the decision is under way. */
    private static void leave(RawRequest request) throws IOException {
        Socket socket = request.abandon();
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Requests of clients that have left may still be on their way to the handler. */
    private static boolean isQuiet(TestServer server) {
        int before = server.handled();
        server.get("/free");
        return server.handled() - before == 1;
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aFloodOfDenialsIsNoFailureOfRedis(Setup setup) {
        try (FailoverBackend backend = new FailoverBackend(TestServer.of(setup).ticker, 4)) {
            TestServer server = backend.behind(TestServer.of(setup), limited());
            ExecutorService clients = Executors.newFixedThreadPool(8);
            List<CompletableFuture<Integer>> flood = IntStream.range(0, 400)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> as(ATTACKER, server.request("GET", "/limited/7"))
                                    .send()
                                    .status(),
                            clients))
                    .toList();
            List<Integer> statuses = flood.stream().map(CompletableFuture::join).toList();
            clients.shutdown();

            assertThat(statuses).containsOnly(200, 429);
            assertThat(server.handled()).as("handled of the flood").isEqualTo(5);
            assertServed(server, "/limited/7");
            backend.assertUndisturbed();
        }
    }

    /**
     * What somebody gets out of an outage.
     *
     * @param limit the limit
     * @param instances how many share it
     * @param before what was used before
     * @param during what gets through in the outage, of as many as anybody likes
     */
    private record Outage(Limit limit, int instances, int before, int during) {
        static Outage of(String limit, int instances, int before, int during) {
            return new Outage(Limit.parse(limit), instances, before, during);
        }
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void whoForcesTheFallbackHasItsShareAndNoMoreThanRemained(Setup setup) {
        for (Outage outage : List.of(
                new Outage(fixed("10/1h"), 4, 0, 2),
                new Outage(fixed("3/1h"), 4, 0, 1),
                new Outage(fixed("10/1h"), 3, 0, 3),
                new Outage(fixed("10/1h"), 1, 0, 10),
                new Outage(fixed("10/1h"), 2, 3, 5),
                new Outage(fixed("10/1h"), 2, 9, 1),
                new Outage(fixed("10/1h"), 2, 10, 0),
                new Outage(fixed("3/1h"), 4, 3, 0),
                Outage.of("10/1h burst 20", 4, 0, 5),
                Outage.of("10/1h burst 20", 4, 18, 2),
                Outage.of("10/1h burst 20", 4, 20, 0))) {
            try (FailoverBackend backend = new FailoverBackend(TestServer.of(setup).ticker, outage.instances())) {
                TestServer server = backend.behind(
                        TestServer.of(setup),
                        new Parts()
                                .rule(five("limited", "/limited/**").limits(outage.limit()))
                                .trusting("127.0.0.0/8"));
                ask(server, outage.before());
                assertThat(server.handled()).as("%s: before", outage).isEqualTo(outage.before());

                backend.refuse();
                ask(server, 25);

                assertThat(server.handled() - outage.before())
                        .as("%s: handled", outage)
                        .isEqualTo(outage.during());
                assertThat(backend.sources().subList(outage.before(), outage.before() + 25))
                        .as("who decided in the outage")
                        .containsOnly("fallback");
            }
        }
    }

    private static void ask(TestServer server, int times) {
        for (int i = 0; i < times; i++) {
            as(ATTACKER, server.request("GET", "/limited/7")).send();
        }
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void howeverOftenTheFallbackIsForcedTheLimitIsTheLimit(Setup setup) {
        try (FailoverBackend backend = new FailoverBackend(TestServer.of(setup).ticker, 2)) {
            TestServer server = backend.behind(
                    TestServer.of(setup),
                    new Parts()
                            .rule(five("limited", "/limited/**").limits(fixed("10/1h")))
                            .trusting("127.0.0.0/8"));
            ask(server, 2);
            for (int outage = 0; outage < 3; outage++) {
                backend.refuse();
                ask(server, 12);
                backend.accept();
                ask(server, 1);
            }

            assertThat(server.handled()).isEqualTo(10);
            assertThat(backend.sources()).contains("redis", "fallback");
            backend.accept();
            ask(server, 12);
            assertThat(server.handled()).as("after it all").isEqualTo(10);
        }
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void newIdentitiesInAnOutageHaveNoMoreThanTheirShareEach(Setup setup) {
        try (FailoverBackend backend = new FailoverBackend(TestServer.of(setup).ticker, 4)) {
            TestServer server = backend.behind(
                    TestServer.of(setup),
                    new Parts()
                            .rule(five("limited", "/limited/**").limits(fixed("10/1h")))
                            .rule(Rule.named("everybody")
                                    .paths("/limited/**")
                                    .key(RuleKey.parse("global"))
                                    .limits(fixed("40/1h")))
                            .trusting("127.0.0.0/8"));
            backend.refuse();
            for (int client = 0; client < 20; client++) {
                for (int i = 0; i < 3; i++) {
                    as("203.0.113." + client, server.request("GET", "/limited/7"))
                            .send();
                }
            }

            assertThat(server.handled())
                    .as("a quarter of the limit for everybody")
                    .isEqualTo(10);
        }
    }
}
