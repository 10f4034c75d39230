package io.ratelimit.spring.web.servlet;

import static io.ratelimit.spring.web.servlet.Rules.fixed;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.spring.decision.LimiterError;
import io.ratelimit.spring.web.WebSettings;
import io.ratelimit.spring.web.servlet.TestServer.Parts;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules that a handler asks for itself are a decision of their own, on top of those of its path. */
class HandlerRulesTest {
    private static Parts handler(String method, Rule... rules) {
        return new Parts()
                .with(builder -> builder.handlerRules(
                        handler -> handler.getMethod().getName().equals(method) ? List.of(rules) : List.of()));
    }

    private static Rule ip(String id, String limit) {
        return Rule.named(id).key(RuleKey.parse("ip")).limits(fixed(limit)).build();
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aDenialIsAnsweredLikeThatOfTheFilterInSpiteOfACatchAll(Setup setup) {
        TestServer server = TestServer.of(setup).install(handler("annotated", ip("own", "2/1h")));

        assertThat(server.get("/annotated").number("X-RateLimit-Remaining")).isEqualTo(1);
        server.get("/annotated");
        RawResponse denied = server.get("/annotated");

        assertThat(denied.status()).isEqualTo(429);
        assertThat(denied.header("Content-Type")).startsWith("application/problem+json");
        assertThat(denied.number("Retry-After")).isEqualTo(3600);
        assertThat(denied.number("X-RateLimit-Limit")).isEqualTo(2);
        assertThat(denied.body()).contains("\"violated-policies\":[\"own\"]");
        assertThat(server.handled()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void theApplicationMayAnswerItself(Setup setup) {
        TestServer server = TestServer.of(setup).install(handler("polite", ip("own", "1/1h")));
        server.get("/polite");

        RawResponse denied = server.get("/polite");

        assertThat(denied.status()).isEqualTo(429);
        assertThat(denied.body()).isEqualTo("Sorry, 1 is all");
        assertThat(denied.number("Retry-After")).isEqualTo(3600);
        assertThat(denied.number("X-RateLimit-Remaining")).isZero();
        assertThat(server.handled()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aRuleOfPathAndHandlerIsChargedOnce(Setup setup) {
        Rule shared = Rule.named("shared")
                .paths("/annotated")
                .key(RuleKey.parse("ip"))
                .limits(fixed("3/1h"))
                .build();
        Parts parts = handler("annotated", shared, ip("own", "9/1h"));
        parts.rules.add(shared);
        TestServer server = TestServer.of(setup).install(parts);

        for (int i = 0; i < 3; i++) {
            RawResponse admitted = server.get("/annotated");
            assertThat(admitted.status()).isEqualTo(200);
            assertThat(admitted.number("X-RateLimit-Limit"))
                    .as("binding over all phases")
                    .isEqualTo(3);
            assertThat(admitted.number("X-RateLimit-Remaining")).isEqualTo(2 - i);
        }
        assertThat(server.get("/annotated").status()).isEqualTo(429);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void keysMayNameVariablesOfThePathAndTheQuery(Setup setup) {
        Rule byTenant = Rule.named("by-tenant")
                .key(RuleKey.parse("#tenant + '/' + #plan"))
                .limits(fixed("1/1h"))
                .build();
        TestServer server = TestServer.of(setup).install(handler("annotatedByTenant", byTenant));

        assertThat(server.get("/annotated/a?plan=x").status()).isEqualTo(200);
        assertThat(server.get("/annotated/b?plan=x").status()).isEqualTo(200);
        assertThat(server.get("/annotated/a?plan=y").status()).isEqualTo(200);
        assertThat(server.get("/annotated/%61?plan=x&plan=z").status()).isEqualTo(429);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void excludedPathsHaveNoHandlerRulesEither(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(handler("annotated", ip("own", "1/1h"))
                        .settings(WebSettings.defaults().withExclude("/annotated")));

        for (int i = 0; i < 3; i++) {
            assertThat(server.get("/annotated").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aDefectOfTheLayerAboveDoesNotFailTheRequest(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(new Parts()
                        .with(builder -> builder.handlerRules(method -> {
                            throw new IllegalStateException("defect");
                        })));

        assertThat(server.get("/annotated").status()).isEqualTo(200);
        assertThat(server.errors(LimiterError.DECISION)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void theApplicationMayAskForTheRequestItHandles(Setup setup) {
        Rule asked = ip("asked", "2/1h");
        TestServer server = TestServer.of(setup).install(new Parts());
        server.board.asks = List.of(asked, ip("other", "5/1h"));

        RawResponse first = server.get("/asks");
        assertThat(first.body()).isEqualTo("true then nothing");
        assertThat(first.number("X-RateLimit-Limit")).isEqualTo(2);
        server.get("/asks");
        RawResponse denied = server.get("/asks");
        assertThat(denied.status()).as("what it throws is answered").isEqualTo(429);
        assertThat(denied.body()).contains("[\"asked\"]");
        assertThat(denied.header("X-RateLimit-Remaining")).isEqualTo("0");
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aDenialThatLeavesAServletIsAnsweredToo(Setup setup) {
        TestServer server = TestServer.of(setup).install(new Parts());
        server.board.asks = List.of(ip("asked", "1/1h"));

        assertThat(server.get("/plain/asks").status()).isEqualTo(200);
        assertThat(server.get("/plain/asks").status()).isEqualTo(429);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void resolversAreNamedByRules(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(handler(
                                "annotated",
                                Rule.named("by-bean")
                                        .key(RuleKey.parse("tenants"))
                                        .limits(fixed("1/1h"))
                                        .build())
                        .with(builder ->
                                builder.keyResolvers(Map.of("tenants", request -> request.getHeader("X-Tenant")))));

        assertThat(server.request("GET", "/annotated")
                        .header("X-Tenant", "a")
                        .send()
                        .status())
                .isEqualTo(200);
        assertThat(server.request("GET", "/annotated")
                        .header("X-Tenant", "b")
                        .send()
                        .status())
                .isEqualTo(200);
        assertThat(server.request("GET", "/annotated")
                        .header("X-Tenant", "a")
                        .send()
                        .status())
                .isEqualTo(429);
    }
}
