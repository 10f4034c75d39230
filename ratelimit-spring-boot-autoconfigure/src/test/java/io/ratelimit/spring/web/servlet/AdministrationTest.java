package io.ratelimit.spring.web.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nobody without authority changes what is counted, and nobody at all reads who was counted. */
class AdministrationTest {
    private static final AtomicInteger CLIENTS = new AtomicInteger();
    private static final Map<Setup, FullServer> WRITABLE = new EnumMap<>(Setup.class);
    private static final String KEY = "top-secret-key";
    private static final String SECRET = "digest-secret";

    private static final String[] RULES = {
        "ratelimit.key-secret=" + SECRET,
        "ratelimit.identity.ip.trusted-proxies[0]=127.0.0.0/8",
        "ratelimit.api-keys.keys[0].name=acme",
        "ratelimit.api-keys.keys[0].value=" + KEY,
        "ratelimit.rules[0].id=login",
        "ratelimit.rules[0].path=/login",
        "ratelimit.rules[0].key=ip",
        "ratelimit.rules[0].limit=5/1h",
        "ratelimit.rules[0].algorithm=fixed-window",
        "ratelimit.rules[1].id=limited",
        "ratelimit.rules[1].path=/limited",
        "ratelimit.rules[1].limit=5/1h",
        "ratelimit.rules[2].id=tenants",
        "ratelimit.rules[2].path=/tenants",
        "ratelimit.rules[2].key=#headers['X-Tenant']",
        "ratelimit.rules[2].limit=5/1h",
    };

    /** One way to ask the endpoint for something. */
    private record Attempt(String name, Function<FullServer, RawRequest> request) {
        static Attempt of(String method, String path) {
            return new Attempt(method + " " + path, server -> server.request(method, path));
        }

        Attempt as(String user) {
            return with("Authorization", basic(user, user));
        }

        Attempt with(String header, String value) {
            return new Attempt(
                    name + " with " + header + ": " + value,
                    server -> request.apply(server).header(header, value));
        }
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static FullServer start(Setup setup, String... properties) {
        return FullServer.start(
                setup, Stream.concat(Stream.of(RULES), Stream.of(properties)).toArray(String[]::new));
    }

    /** A server that all tests of a setup share, each as another client. */
    private static FullServer writable(Setup setup) {
        return WRITABLE.computeIfAbsent(
                setup,
                absent -> start(
                        setup,
                        "management.endpoints.web.exposure.include=ratelimit,health,metrics,prometheus,configprops,env",
                        "management.endpoint.ratelimit.access=unrestricted"));
    }

    @AfterAll
    static void stop() {
        WRITABLE.values().forEach(FullServer::close);
        WRITABLE.clear();
    }

    private final String client = "198.51.100." + CLIENTS.incrementAndGet();
    private final String myCounter = "/actuator/ratelimit/login?kind=ip&value=" + client;

    private RawResponse login(FullServer server) {
        return server.request("GET", "/login").header("X-Forwarded-For", client).send();
    }

    private void useUp(FullServer server) {
        int before = server.handled();
        for (int i = 0; i < 7; i++) {
            login(server);
        }
        assertThat(server.handled() - before).as("handled before").isEqualTo(5);
    }

    /** Still blocked after each attempt, which is refused without a defect. */
    private void assertNothingChanges(FullServer server, List<Attempt> attempts) {
        useUp(server);
        int handled = server.handled();
        for (Attempt attempt : attempts) {
            RawResponse answer = attempt.request().apply(server).send();
            assertThat(answer.status()).as(attempt.name()).matches(status -> status >= 400 && status != 500, "refused");
            assertThat(login(server).status()).as("after %s", attempt.name()).isEqualTo(429);
        }
        assertThat(server.handled()).as("handled after it all").isEqualTo(handled);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void nobodyForgetsWithoutAuthority(Setup setup) {
        Attempt delete = Attempt.of("DELETE", myCounter);
        List<Attempt> attempts = new ArrayList<>(List.of(
                delete,
                delete.as("ursula"),
                delete.as("almost"),
                delete.with("Authorization", basic("admin", "guess")),
                delete.with("Authorization", "Bearer admin"),
                delete.with("X-Forwarded-User", "admin"),
                delete.with("X-Remote-User", "admin"),
                delete.with("X-API-Key", KEY),
                delete.with("Cookie", "JSESSIONID=admin"),
                Attempt.of("DELETE", myCounter + "&caller.principal=admin&caller=admin"),
                Attempt.of("DELETE", myCounter + "&securityContext.principal.name=admin")));
        if (!setup.security) {
            attempts.add(delete.as("admin"));
        }
        assertNothingChanges(writable(setup), attempts);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void noOtherMethodForgets(Setup setup) {
        List<Attempt> attempts = Stream.of("POST", "PUT", "PATCH", "GET", "HEAD", "delete", "PURGE", "RESET")
                .map(method -> Attempt.of(method, myCounter).as("admin"))
                .toList();
        List<Attempt> overridden = List.of(
                Attempt.of("POST", myCounter + "&_method=DELETE").as("admin"),
                Attempt.of("POST", myCounter).as("admin").with("X-HTTP-Method-Override", "DELETE"),
                Attempt.of("GET", myCounter + "&_method=delete").as("admin"));
        FullServer server = writable(setup);
        assertNothingChanges(
                server, Stream.concat(attempts.stream(), overridden.stream()).toList());
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void oddSelectorsForgetNothing(Setup setup) {
        String who = "?kind=ip&value=" + client;
        List<Attempt> attempts = Stream.of(
                        "",
                        who,
                        "/" + who,
                        "/*" + who,
                        "/**" + who,
                        "/nope" + who,
                        "/LOGIN" + who,
                        "/login%00" + who,
                        "/login/limited" + who,
                        "/login,limited" + who,
                        "/../ratelimit/*" + who,
                        "/%2e%2e" + who,
                        "/" + "x".repeat(3_000) + who,
                        "/login",
                        "/login?kind=ip",
                        "/login?kind=ip&value=",
                        "/login?kind=IP&value=127.0.0.1",
                        "/login?kind=*&value=127.0.0.1",
                        "/login?kind=user&value=127.0.0.1",
                        "/login?value=127.0.0.1",
                        "/peek" + who,
                        "/top" + who)
                .map(path -> Attempt.of("DELETE", "/actuator/ratelimit" + path).as("admin"))
                .toList();
        assertNothingChanges(writable(setup), attempts);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void writingIsOffUnlessSwitchedOnAndReadingIsOffUnlessExposed(Setup setup) {
        List<Attempt> writes = List.of(
                Attempt.of("DELETE", myCounter).as("admin"),
                Attempt.of("DELETE", myCounter),
                Attempt.of("POST", myCounter).as("admin"),
                Attempt.of("DELETE", "/actuator/ratelimit").as("admin"));
        List<Attempt> reads = Stream.of("", "/top", "/explain?path=/login", "/peek?rule=login&kind=ip&value=127.0.0.1")
                .map(path -> Attempt.of("GET", "/actuator/ratelimit" + path).as("admin"))
                .toList();
        try (FullServer server = start(setup, "management.endpoints.web.exposure.include=ratelimit")) {
            assertNothingChanges(server, writes);
            for (Attempt read : reads) {
                assertThat(read.request().apply(server).send().status())
                        .as(read.name())
                        .isEqualTo(200);
            }
        }
        try (FullServer server = start(setup)) {
            assertNothingChanges(
                    server, Stream.concat(writes.stream(), reads.stream()).toList());
        }
        try (FullServer server = start(
                setup,
                "management.endpoints.web.exposure.include=ratelimit",
                "management.endpoint.ratelimit.access=none")) {
            assertNothingChanges(
                    server, Stream.concat(writes.stream(), reads.stream()).toList());
        }
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#withSecurity")
    void anAdministratorForgetsExactlyWhatWasAskedFor(Setup setup) {
        FullServer server = writable(setup);
        useUp(server);
        RawResponse forgotten = Attempt.of("DELETE", myCounter)
                .as("admin")
                .request()
                .apply(server)
                .send();

        assertThat(forgotten.status()).isEqualTo(200);
        assertThat(forgotten.body()).contains("\"rule\":\"login\"").doesNotContain(client);
        useUp(server);
    }

    /** Questions with a missing or wrong part, and those about what is not there. */
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void badQuestionsAreToldWhatIsWrongAndChangeNothing(Setup setup) {
        List<String> wrong = List.of(
                "/explain",
                "/explain?path=",
                "/peek",
                "/peek?rule=login",
                "/peek?rule=login&kind=ip",
                "/peek?rule=login&kind=&value=x",
                "/peek?rule=login&kind=host&value=x",
                "/peek?rule=login&kind=user&value=x",
                "/peek?rule=tenants&kind=ip&value=x",
                "/peek?kind=ip&value=127.0.0.1");
        List<String> absent = List.of("/nothing", "/peek?rule=nope&kind=ip&value=127.0.0.1", "/EXPLAIN?path=/login");
        FullServer server = writable(setup);
        useUp(server);
        for (String question : wrong) {
            RawResponse answer = server.get("/actuator/ratelimit" + question);
            assertThat(answer.status()).as(question).isEqualTo(400);
            assertThat(answer.body()).as(question).contains("\"message\":\"");
        }
        for (String question : absent) {
            assertThat(server.get("/actuator/ratelimit" + question).status())
                    .as(question)
                    .isEqualTo(404);
        }
        assertThat(login(server).status()).isEqualTo(429);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#withSecurity")
    void badOrdersOfAnAdministratorAreToldWhatIsWrong(Setup setup) {
        FullServer server = writable(setup);
        for (String order : List.of("login", "login?kind=user&value=x", "login?kind=ip", "tenants?kind=ip&value=x")) {
            assertThat(Attempt.of("DELETE", "/actuator/ratelimit/" + order)
                            .as("admin")
                            .request()
                            .apply(server)
                            .send()
                            .status())
                    .as(order)
                    .isEqualTo(400);
        }
        assertThat(Attempt.of("DELETE", "/actuator/ratelimit/nope?kind=ip&value=" + client)
                        .as("admin")
                        .request()
                        .apply(server)
                        .send()
                        .status())
                .isEqualTo(404);
    }

    /** What a made-up request says is data, however odd. */
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void explainingOddRequestsChargesNothingAndEndsWell(Setup setup) {
        List<String> questions = List.of(
                "path=/login&address=" + client,
                "path=/login&address=localhost",
                "path=/login&address=",
                "path=/login&address=%0d%0aX-Injected:%20yes",
                "path=login",
                "path=//login",
                "path=/login%253b",
                "path=/login%3Fkind%3Dip",
                "path=/%25zz",
                "path=%00",
                "path=http://localhost/login",
                "path=/login&method=%0d%0a",
                "path=/login&method=delete",
                "path=/login&user=",
                "path=/limited&user=" + "x".repeat(3_000),
                "path=/tenants&user=admin");
        FullServer server = writable(setup);
        for (int round = 0; round < 8; round++) {
            for (String question : questions) {
                RawResponse answer = server.get("/actuator/ratelimit/explain?" + question);
                assertThat(answer.status()).as(question).isIn(200, 400);
                assertThat(answer.headers()).doesNotContainKey("x-injected");
            }
        }
        useUp(server);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void nobodyReadsWhoWasCounted(Setup setup) {
        FullServer server = writable(setup);
        for (int i = 0; i < 7; i++) {
            login(server);
            server.request("GET", "/limited").header("X-API-Key", KEY).send();
            server.request("GET", "/limited")
                    .header("Authorization", basic("ursula", "ursula"))
                    .send();
            server.request("GET", "/tenants").header("X-Tenant", "tenant-north").send();
        }
        for (String page : List.of(
                "/ratelimit",
                "/ratelimit/top",
                "/ratelimit/explain?path=/login",
                "/ratelimit/explain?path=/limited&user=ursula",
                "/ratelimit/peek?rule=limited&kind=api-key&value=acme",
                "/ratelimit/peek?rule=login&kind=ip&value=" + client,
                "/metrics",
                "/metrics/ratelimit.requests",
                "/metrics/ratelimit.decision",
                "/prometheus",
                "/health",
                "/configprops",
                "/env")) {
            RawResponse answer = server.get("/actuator" + page);
            assertThat(answer.status()).as(page).isEqualTo(200);
            assertThat(answer.body()).as(page).doesNotContain(KEY, SECRET, "tenant-north");
            if (!page.equals("/env")) {
                assertThat(answer.body()).as(page).doesNotContain(client, "ursula");
            }
        }
        assertThat(server.get("/actuator/ratelimit/top").body())
                .as("there is something to read")
                .contains("\"rule\":\"tenants\"", "\"rule\":\"login\"");
    }
}
