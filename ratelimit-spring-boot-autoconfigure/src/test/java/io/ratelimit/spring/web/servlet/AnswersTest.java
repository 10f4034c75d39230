package io.ratelimit.spring.web.servlet;

import static io.ratelimit.spring.web.servlet.Rules.five;
import static io.ratelimit.spring.web.servlet.Rules.fixed;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.FailurePolicy;
import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.spring.decision.LimiterError;
import io.ratelimit.spring.web.HeaderStyle;
import io.ratelimit.spring.web.TestSettings;
import io.ratelimit.spring.web.WebSettings;
import io.ratelimit.spring.web.servlet.TestServer.Parts;
import io.ratelimit.store.StoreException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the answers say: headers in all styles, bodies, and what happens when the limiter itself fails. */
class AnswersTest {
    private static Rule.Builder twoLimits() {
        return Rule.named("login")
                .paths("/limited")
                .key(RuleKey.parse("ip"))
                .limits(fixed("5/1m"), Limit.parse("10/1s burst 25"), fixed("1000/1d"));
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void writesTheFieldsOfTheIetf(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(new Parts()
                        .rule(twoLimits())
                        .rule(five("other", "/**"))
                        .settings(TestSettings.headers(HeaderStyle.IETF)));

        RawResponse answer = server.get("/limited");

        assertThat(answer.header("RateLimit-Policy"))
                .isEqualTo(
                        "\"login\";q=5;w=60, \"login-2\";q=25;w=3, \"login-3\";q=1000;w=86400, \"other\";q=5;w=3600");
        assertThat(answer.header("RateLimit"))
                .isEqualTo("\"login\";r=4;t=60, \"login-2\";r=24;t=1, \"login-3\";r=999;t=86400, \"other\";r=4;t=3600");
        assertThat(answer.header("X-RateLimit-Limit")).isNull();
    }

    @ParameterizedTest
    @EnumSource(HeaderStyle.class)
    void writesTheStyleThatIsConfigured(HeaderStyle style) {
        TestServer server = TestServer.of(Setup.TOMCAT)
                .install(new Parts().rule(five("limited", "/limited")).settings(TestSettings.headers(style)));
        RawResponse admitted = server.get("/limited");
        for (int i = 0; i < 4; i++) {
            server.get("/limited");
        }
        RawResponse denied = server.get("/limited");

        boolean x = style == HeaderStyle.X_RATELIMIT || style == HeaderStyle.BOTH;
        boolean ietf = style == HeaderStyle.IETF || style == HeaderStyle.BOTH;
        assertThat(admitted.headers().containsKey("x-ratelimit-limit")).isEqualTo(x);
        assertThat(admitted.headers().containsKey("x-ratelimit-reset")).isEqualTo(x);
        assertThat(admitted.headers().containsKey("ratelimit")).isEqualTo(ietf);
        assertThat(admitted.headers().containsKey("ratelimit-policy")).isEqualTo(ietf);
        assertThat(denied.header("Retry-After")).as("whatever the style").isEqualTo("3600");
        assertThat(HeaderStyle.parse(style.id())).isEqualTo(style);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void lengthensRetryAfterUpwardsOnly(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(new Parts().rule(five("limited", "/limited")).settings(TestSettings.jitter(0.5)));
        for (int i = 0; i < 5; i++) {
            server.get("/limited");
        }

        for (int i = 0; i < 20; i++) {
            RawResponse denied = server.get("/limited");
            long seconds = denied.number("Retry-After");
            assertThat(seconds).isBetween(3600L, 5400L);
            assertThat(denied.body()).contains("\"retryAfter\":" + seconds + "}");
        }
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void denialsByFailurePolicyAre503(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(new Parts()
                        .store(new BrokenStore(() -> CompletableFuture.failedFuture(
                                new StoreException(StoreException.Kind.CONNECTION, "gone", null))))
                        .rule(five("denies", "/limited").onFailure(FailurePolicy.DENY))
                        .rule(five("too", "/limited"))
                        .rule(five("allows", "/free").onFailure(FailurePolicy.ALLOW)));

        RawResponse denied = server.get("/limited");
        assertThat(denied.status()).isEqualTo(503);
        assertThat(denied.number("Retry-After")).isEqualTo(1);
        assertThat(denied.body())
                .contains("http-problem-types#temporary-reduced-capacity", "\"status\":503", "[\"denies\"]");
        assertThat(denied.header("X-RateLimit-Limit")).as("nothing was counted").isNull();
        assertThat(server.get("/free").status()).isEqualTo(200);
        assertThat(server.errors(LimiterError.DECISION)).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void defectsOfTheStoreAreHandledAsItsFailure(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(new Parts()
                        .store(new BrokenStore(() -> {
                            throw new IllegalStateException("a defect");
                        }))
                        .rule(five("denies", "/limited").onFailure(FailurePolicy.DENY))
                        .rule(five("local", "/free")));

        assertThat(server.get("/limited").status()).isEqualTo(503);
        assertThat(server.get("/free").status()).isEqualTo(200);
        assertThat(server.handled()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aCustomizerWritesTheAnswerUnlessItFails(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(new Parts()
                        .rule(Rule.named("none")
                                .paths("/limited")
                                .key(RuleKey.parse("ip"))
                                .limits(fixed("1/1h")))
                        .with(builder -> builder.customizer((denial, request, response) -> {
                            response.setContentType("text/plain");
                            response.getWriter()
                                    .write("Come back in "
                                            + denial.retryAfterSeconds().getAsLong());
                            if (request.getHeader("X-Fail") != null) {
                                response.setStatus(500);
                                throw new IllegalStateException("half-way");
                            }
                        })));
        server.get("/limited");

        RawResponse own = server.get("/limited");
        assertThat(own.status()).isEqualTo(429);
        assertThat(own.body()).isEqualTo("Come back in 3600");
        assertThat(own.number("Retry-After")).isEqualTo(3600);
        RawResponse failed =
                server.request("GET", "/limited").header("X-Fail", "yes").send();
        assertThat(failed.status()).isEqualTo(429);
        assertThat(failed.header("Content-Type")).startsWith("application/problem+json");
        assertThat(failed.body()).startsWith("{").endsWith("}").doesNotContain("Come back");
        assertThat(server.errors(LimiterError.CUSTOMIZER)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void shadowRulesTellAndDenyNothing(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(new Parts()
                        .rule(five("watched", "/limited").mode(Mode.SHADOW))
                        .rule(five("enforced", "/limited").limits(fixed("8/1h"))));

        for (int i = 0; i < 8; i++) {
            RawResponse answer = server.get("/limited");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.number("X-RateLimit-Limit")).isEqualTo(8);
        }
        assertThat(server.get("/limited").status()).isEqualTo(429);
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"SHADOW", "OFF"})
    void theWeakerModeOfEverythingAndTheRuleWins(Mode mode) {
        TestServer server = TestServer.of(Setup.JETTY_CONTEXT)
                .install(new Parts()
                        .rule(five("limited", "/limited"))
                        .settings(WebSettings.defaults().withMode(mode)));

        for (int i = 0; i < 8; i++) {
            RawResponse answer = server.get("/limited");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("X-RateLimit-Limit")).isNull();
        }
    }

    @Test
    void tellsTheSameWaitInTheHeaderAndTheBody() {
        TestServer server = TestServer.of(Setup.TOMCAT)
                .install(new Parts()
                        .rule(Rule.named("long")
                                .paths("/limited")
                                .key(RuleKey.parse("ip"))
                                .limits(fixed("1/366d"))));
        server.get("/limited");

        RawResponse denied = server.get("/limited");

        assertThat(denied.number("Retry-After")).isEqualTo(2_073_600);
        assertThat(denied.body()).contains("\"retryAfter\":2073600", "Retry after 2073600 s.");
    }
}
