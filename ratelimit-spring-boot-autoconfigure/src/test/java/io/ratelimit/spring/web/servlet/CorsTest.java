package io.ratelimit.spring.web.servlet;

import static io.ratelimit.spring.web.servlet.Rules.fixed;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.spring.decision.LimiterError;
import io.ratelimit.spring.web.servlet.TestServer.Parts;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;

/** Scripts of origins that the application allows can read the headers and the denials, and no others. */
@ExtendWith(OutputCaptureExtension.class)
class CorsTest {
    private static final String GOOD = "https://good.example";
    private static final String EVIL = "https://evil.example";

    private static Parts one(String path) {
        return new Parts()
                .rule(Rule.named("one").paths(path).key(RuleKey.parse("ip")).limits(fixed("1/1h")));
    }

    /** Preflights count under rules that name OPTIONS. */
    private static Parts oneAndPreflights(String path) {
        return one(path)
                .rule(Rule.named("preflights")
                        .paths(path)
                        .methods("OPTIONS")
                        .key(RuleKey.parse("ip"))
                        .limits(fixed("1/1h")));
    }

    private static RawResponse from(TestServer server, String path, String origin) {
        return server.request("GET", path).header("Origin", origin).send();
    }

    private static void assertReadable(RawResponse answer) {
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo(GOOD);
        assertThat(String.join(", ", answer.all("Access-Control-Expose-Headers")))
                .contains("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After");
    }

    private static void assertHidden(RawResponse answer) {
        assertThat(answer.header("Access-Control-Allow-Origin")).isNull();
        assertThat(answer.all("Access-Control-Expose-Headers")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void annotationsOfControllers(Setup setup) {
        TestServer server = TestServer.of(setup).install(one("/cross-origin"));

        RawResponse admitted = from(server, "/cross-origin", GOOD);
        RawResponse denied = from(server, "/cross-origin", GOOD);

        assertThat(admitted.status()).isEqualTo(200);
        assertReadable(admitted);
        assertThat(String.join(", ", admitted.all("Access-Control-Expose-Headers")))
                .as("what the application exposes stays")
                .contains("X-Own");
        assertThat(denied.status()).isEqualTo(429);
        assertReadable(denied);
        assertThat(denied.all("Vary")).contains("Origin");
        RawResponse evil = from(server, "/cross-origin", EVIL);
        assertThat(evil.status()).isEqualTo(429);
        assertHidden(evil);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aFilterInFront(Setup setup) {
        TestServer server = TestServer.of(setup).install(one("/limited"));
        server.board.front = List.of(corsFilter());

        assertReadable(from(server, "/limited", GOOD));
        RawResponse denied = from(server, "/limited", GOOD);
        assertThat(denied.status()).isEqualTo(429);
        assertReadable(denied);
        assertThat(from(server, "/limited", EVIL).status())
                .as("refused by the filter")
                .isEqualTo(403);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aFilterBehind(Setup setup) {
        TestServer server = TestServer.of(setup).install(one("/limited"));
        server.board.corsFilter = corsFilter();

        assertReadable(from(server, "/limited", GOOD));
        RawResponse denied = from(server, "/limited", GOOD);
        assertThat(denied.status()).isEqualTo(429);
        assertReadable(denied);
        RawResponse evil = from(server, "/limited", EVIL);
        assertThat(evil.status()).isEqualTo(429);
        assertHidden(evil);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aFilterBehindThatIsRegisteredAndNoBean(Setup setup) {
        TestServer server = TestServer.of(setup).install(one("/limited"));
        server.board.registeredCorsFilter = corsFilter();

        assertReadable(from(server, "/limited", GOOD));
        RawResponse denied = from(server, "/limited", GOOD);
        assertThat(denied.status()).isEqualTo(429);
        assertReadable(denied);
        RawResponse evil = from(server, "/limited", EVIL);
        assertThat(evil.status()).isEqualTo(429);
        assertHidden(evil);
    }

    /** Behind our filter, and in MVC: a browser shows the reason of a failed preflight only to whom it is allowed. */
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void preflightsThatAreDenied(Setup setup) {
        TestServer server = TestServer.of(setup).install(oneAndPreflights("/limited"));
        server.board.registeredCorsFilter = corsFilter();
        assertPreflightsReadable(server, "/limited");
        server.install(oneAndPreflights("/limited"));
        server.board.corsFilter = corsFilter();
        assertPreflightsReadable(server, "/limited");
        assertPreflightsReadable(server.install(oneAndPreflights("/limited/*")), "/limited/by-mvc");
        assertPreflightsReadable(server.install(oneAndPreflights("/cross-origin")), "/cross-origin");
        if (setup.security) {
            assertPreflightsReadable(server.install(oneAndPreflights("/limited/*")), "/limited/by-security");
        }
    }

    private static void assertPreflightsReadable(TestServer server, String path) {
        preflight(server, path, GOOD, "GET");
        RawResponse denied = preflight(server, path, GOOD, "GET");
        assertThat(denied.status()).as(path).isEqualTo(429);
        assertThat(denied.header("Access-Control-Allow-Origin")).as(path).isEqualTo(GOOD);
        assertThat(denied.body()).as(path).contains("quota-exceeded");
        RawResponse evil = preflight(server, path, EVIL, "GET");
        assertThat(evil.status()).as(path).isEqualTo(429);
        assertThat(evil.header("Access-Control-Allow-Origin")).as(path).isNull();
    }

    private static RawResponse preflight(TestServer server, String path, String origin, String method) {
        return server.request("OPTIONS", path)
                .header("Origin", origin)
                .header("Access-Control-Request-Method", method)
                .send();
    }

    static Stream<Arguments> inputs() {
        List<String> origins = List.of(
                "http://a:b",
                "%zz",
                "http://a b",
                "",
                "null",
                "http://[::1",
                "http://a:99999999999",
                "http://a:-1",
                "://",
                "http://{x}",
                "http://a:${x}",
                "http://u:p@a",
                "\\\\a",
                "http://a, http://b",
                "\u00e9\u00ff",
                "http://" + "a".repeat(1_500) + ":b");
        List<String> methods = List.of("GET", "", "%zz", "\u00e9", "G E T", "x".repeat(2_000));
        return Setup.selected()
                .flatMap(setup -> Stream.concat(
                        origins.stream().map(origin -> Arguments.of(setup, origin, "GET")),
                        methods.stream().map(method -> Arguments.of(setup, GOOD, method))));
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void noInputOfAClientMakesADenialFail(Setup setup, String origin, String method, CapturedOutput output) {
        TestServer server = TestServer.of(setup).install(oneAndPreflights("/limited/**"));
        server.board.registeredCorsFilter = corsFilter();
        server.get("/limited/by-mvc");
        preflight(server, "/limited/by-mvc", GOOD, "GET");

        for (String path : List.of("/limited/by-mvc", "/limited", "/limited/by-mvc;a=b?%zz=&&&=")) {
            assertThat(server.request("GET", path)
                            .header("Origin", origin)
                            .header("Access-Control-Request-Method", method)
                            .header("Access-Control-Request-Headers", method + ",,;=" + origin)
                            .header("Accept", origin)
                            .header("X-Forwarded-Host", origin)
                            .send()
                            .status())
                    .as(path)
                    .isEqualTo(429);
            assertThat(preflight(server, path, origin, method).status())
                    .as("preflight of %s", path)
                    .isEqualTo(429);
        }
        assertThat(server.request("BREW", "/limited")
                        .header("Origin", origin)
                        .send()
                        .status())
                .isEqualTo(429);
        assertThat(output.getAll()).doesNotContain("Exception", "WARN", "ERROR");
        assertThat(server.errors(LimiterError.CORS)).isZero();
    }

    private static CorsFilter corsFilter() {
        CorsConfiguration configuration = new CorsConfiguration();
        configuration.addAllowedOrigin(GOOD);
        configuration.addAllowedMethod("*");
        configuration.setAllowCredentials(true);
        UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
        source.registerCorsConfiguration("/limited/**", configuration);
        CorsFilter filter = new CorsFilter(source);
        // As a bean has it: filters of one name take each other for themselves.
        filter.setBeanName("ownCorsFilter");
        return filter;
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void mappingsOfMvc(Setup setup) {
        assertReadableByGoodAlone(TestServer.of(setup).install(one("/limited/*")), "/limited/by-mvc");
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#withSecurity")
    void theChainOfSpringSecurity(Setup setup) {
        assertReadableByGoodAlone(TestServer.of(setup).install(one("/limited/*")), "/limited/by-security");
    }

    private static void assertReadableByGoodAlone(TestServer server, String path) {
        assertReadable(from(server, path, GOOD));
        RawResponse denied = from(server, path, GOOD);
        assertThat(denied.status()).isEqualTo(429);
        assertReadable(denied);
        RawResponse evil = from(server, path, EVIL);
        assertThat(evil.status()).isEqualTo(429);
        assertHidden(evil);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void withoutConfigurationNothingIsAdded(Setup setup) {
        TestServer server = TestServer.of(setup).install(one("/limited"));

        assertHidden(from(server, "/limited", GOOD));
        RawResponse denied = from(server, "/limited", GOOD);
        assertThat(denied.status()).isEqualTo(429);
        assertHidden(denied);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void requestsOfTheSameOriginGetNone(Setup setup) {
        TestServer server = TestServer.of(setup).install(one("/cross-origin"));

        assertHidden(server.get("/cross-origin"));
        assertHidden(server.get("/cross-origin"));
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void handlersThatAreDeniedAreReadableToo(Setup setup) {
        Rule own =
                Rule.named("own").key(RuleKey.parse("ip")).limits(fixed("1/1h")).build();
        TestServer server = TestServer.of(setup)
                .install(new Parts()
                        .with(builder -> builder.handlerRules(method ->
                                method.getMethod().getName().equals("crossOrigin") ? List.of(own) : List.of())));

        assertReadable(from(server, "/cross-origin", GOOD));
        RawResponse denied = from(server, "/cross-origin", GOOD);
        assertThat(denied.status()).isEqualTo(429);
        assertReadable(denied);
    }
}
