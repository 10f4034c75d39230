package io.ratelimit.spring.web.servlet;

import static io.ratelimit.spring.web.servlet.Rules.five;
import static io.ratelimit.spring.web.servlet.Rules.fixed;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.spring.web.servlet.Oracle.Way;
import io.ratelimit.spring.web.servlet.TestServer.Parts;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever way a request takes through the container, each rule is charged once, and none is left out. */
class DispatchesTest {
    private static final String BOUNDARY = "x0123456789";

    private static Parts everything() {
        return new Parts()
                .rule(Rule.named("all").paths("/**").key(RuleKey.parse("ip")).limits(fixed("100/1h")))
                .byDefault(Rule.named("default").limits(fixed("100/1h")));
    }

    private static void assertOneCharge(TestServer server, RawRequest request, int status) {
        long before = server.get("/free").number("X-RateLimit-Remaining");
        RawResponse answer = request.send();
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.number("X-RateLimit-Remaining")).isEqualTo(before - 1);
        assertThat(server.get("/free").number("X-RateLimit-Remaining")).isEqualTo(before - 2);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void everyDispatchIsChargedOnce(Setup setup) {
        TestServer server = TestServer.of(setup).install(everything());

        assertOneCharge(server, server.request("GET", "/forward"), 200);
        assertOneCharge(server, server.request("GET", "/include"), 200);
        assertOneCharge(server, server.request("GET", "/async"), 200);
        assertOneCharge(server, server.request("GET", "/async-to-limited"), 200);
        assertOneCharge(server, server.request("GET", "/error-page"), 418);
        assertOneCharge(server, server.request("GET", "/throws"), 500);
        assertOneCharge(server, server.request("POST", "/async-failing-login"), 500);
        assertOneCharge(server, server.request("GET", "/sse").header("Accept", "text/event-stream"), 200);
        assertOneCharge(server, server.request("GET", "/no/such/page"), 404);
        assertOneCharge(
                server,
                server.request("POST", "/upload")
                        .body(
                                "multipart/form-data; boundary=" + BOUNDARY,
                                "--" + BOUNDARY
                                        + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx\r\n--"
                                        + BOUNDARY + "--\r\n"),
                200);
        assertOneCharge(
                server,
                server.request("GET", "/plain/socket")
                        .header("Connection", "Upgrade, close")
                        .header("Upgrade", "websocket")
                        .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
                        .header("Sec-WebSocket-Version", "13"),
                200);
    }

    /** CVE-2022-31692: a filter that only looks at the first dispatch does not see where a request ends. */
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void noDispatchReachesALimitedHandlerForFree(Setup setup) {
        List<Way> ways = List.of(
                Way.path("/forward"),
                Way.path("/include"),
                Way.path("/async-to-limited"),
                Way.path("/forward?x"),
                Way.path("/%66orward"),
                Way.path("/forward;a=b"),
                Way.path("/prefixed/forward"),
                Way.of("HEAD /forward", server -> server.request("HEAD", "/forward")));

        new Oracle(setup, () -> new Parts().rule(five("limited", "/limited")))
                .blocks(server -> server.request("GET", "/limited"), ways)
                .bounds(ways)
                .blocksInTurn(server -> server.request("GET", "/limited"), ways);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aDeniedForwardIsAnsweredLikeAnyOther(Setup setup) {
        TestServer server = TestServer.of(setup).install(new Parts().rule(five("limited", "/limited")));
        for (int i = 0; i < 5; i++) {
            server.get("/limited");
        }

        RawResponse denied = server.get("/forward");

        assertThat(denied.status()).isEqualTo(429);
        assertThat(denied.header("Retry-After")).isNotNull();
        assertThat(denied.body()).contains("quota-exceeded");
    }

    /** Part of another page: there is nobody to tell, so there is just nothing. */
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aDeniedIncludeLeavesNothingInThePage(Setup setup) {
        TestServer server = TestServer.of(setup).install(new Parts().rule(five("limited", "/limited")));
        for (int i = 0; i < 5; i++) {
            assertThat(server.get("/include").body()).isEqualTo("limited");
        }

        RawResponse without = server.get("/include");

        assertThat(without.status()).isEqualTo(200);
        assertThat(without.body()).isEmpty();
        assertThat(server.handled()).isEqualTo(5);
    }

    /** The page that an error is dispatched to is not what the client asked for. */
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void anErrorPageIsNotLimited(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(new Parts()
                        .rule(Rule.named("error")
                                .paths("/error")
                                .key(RuleKey.parse("ip"))
                                .limits(fixed("1/1h"))));

        for (int i = 0; i < 3; i++) {
            assertThat(server.get("/error-page").status()).isEqualTo(418);
        }
        assertThat(server.get("/error").number("X-RateLimit-Remaining")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TOMCAT", "JETTY_CONTEXT"})
    void headersSurviveErrorsOfTheApplication(Setup setup) {
        TestServer server = TestServer.of(setup).install(everything());

        assertThat(server.get("/error-page").number("X-RateLimit-Limit")).isEqualTo(100);
        assertThat(server.get("/no/such/page").number("X-RateLimit-Limit")).isEqualTo(100);
        assertThat(server.get("/throws").number("X-RateLimit-Limit")).isEqualTo(100);
    }
}
