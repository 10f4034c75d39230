package io.ratelimit.spring.web.servlet;

import static io.ratelimit.spring.web.servlet.Rules.fixed;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.spring.web.servlet.TestServer.Parts;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;

/** Scripts of origins that the application allows can read the headers and the denials, and no others. */
class CorsTest {
    private static final String GOOD = "https://good.example";
    private static final String EVIL = "https://evil.example";

    private static Parts one(String path) {
        return new Parts()
                .rule(Rule.named("one").paths(path).key(RuleKey.parse("ip")).limits(fixed("1/1h")));
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
