package io.ratelimit.spring.web.servlet;

import static io.ratelimit.spring.web.servlet.Rules.fixed;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.spring.web.WebSettings;
import io.ratelimit.spring.web.servlet.TestServer.Parts;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a client of a limited application sees. */
class RateLimitFilterTest {
    private static final Rule.Builder LOGIN =
            Rule.named("login").paths("/login").methods("POST").key(RuleKey.parse("ip"));

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void deniesTheSixthLoginWithinAMinute(Setup setup) {
        TestServer server = TestServer.of(setup).install(new Parts().rule(LOGIN.limits(fixed("5/1m"))));
        server.ticker.advance(Duration.ofMillis(18_500));

        for (int i = 1; i <= 5; i++) {
            RawResponse admitted = server.post("/login");
            assertThat(admitted.status()).isEqualTo(401);
            assertThat(admitted.number("X-RateLimit-Limit")).isEqualTo(5);
            assertThat(admitted.number("X-RateLimit-Remaining")).isEqualTo(5 - i);
            assertThat(admitted.header("Retry-After")).isNull();
        }
        RawResponse denied = server.post("/login");

        assertThat(denied.status()).isEqualTo(429);
        assertThat(denied.number("X-RateLimit-Limit")).isEqualTo(5);
        assertThat(denied.number("X-RateLimit-Remaining")).isZero();
        assertThat(denied.number("X-RateLimit-Reset")).isEqualTo(TestServer.START / 1_000_000 + 60);
        assertThat(denied.number("Retry-After")).isEqualTo(42);
        assertThat(denied.header("Content-Type")).startsWith("application/problem+json");
        assertThat(denied.header("Cache-Control")).contains("no-store");
        assertThat(denied.body())
                .isEqualTo("{\"type\":\"https://iana.org/assignments/http-problem-types#quota-exceeded\","
                        + "\"title\":\"Request cannot be satisfied as assigned quota has been exceeded\","
                        + "\"status\":429,\"detail\":\"The quota is used up. Retry after 42 s.\","
                        + "\"violated-policies\":[\"login\"],\"retryAfter\":42}");
        assertThat(server.handled()).isEqualTo(5);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void admitsWhoHasWaitedForRetryAfter(Setup setup) {
        TestServer server = TestServer.of(setup).install(new Parts().rule(LOGIN.limits(fixed("5/2s"))));
        for (int i = 0; i < 5; i++) {
            assertThat(server.post("/login").status()).isEqualTo(401);
        }
        long wait = server.post("/login").number("Retry-After");
        server.ticker.advance(Duration.ofSeconds(wait).minusMillis(1));
        assertThat(server.post("/login").status()).isEqualTo(429);

        server.ticker.advance(Duration.ofMillis(1));

        assertThat(server.post("/login").status()).isEqualTo(401);
        assertThat(server.handled()).isEqualTo(6);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void limitsByDefaultWhereNoRuleMatches(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(new Parts()
                        .rule(LOGIN.limits(fixed("1/1m")))
                        .byDefault(Rule.named("default").limits(fixed("2/1h"))));

        assertThat(server.get("/free").number("X-RateLimit-Remaining")).isEqualTo(1);
        assertThat(server.get("/limited").number("X-RateLimit-Remaining")).isZero();
        assertThat(server.get("/no/such/path").status()).isEqualTo(429);
        assertThat(server.post("/login").status()).as("has a rule of its own").isEqualTo(401);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void leavesExcludedPathsAlone(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(new Parts()
                        .rule(Rule.named("all")
                                .paths("/**")
                                .key(RuleKey.parse("ip"))
                                .limits(fixed("1/1h")))
                        .settings(WebSettings.defaults().withExclude("/free", "/limited/**")));

        for (int i = 0; i < 3; i++) {
            RawResponse free = server.get("/free");
            assertThat(free.status()).isEqualTo(200);
            assertThat(free.header("X-RateLimit-Limit")).isNull();
            assertThat(server.get("/limited/a%20b").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void decidesSeveralRulesAsOne(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(new Parts()
                        .rule(Rule.named("wide")
                                .paths("/limited/**")
                                .key(RuleKey.parse("global"))
                                .limits(fixed("9/1h")))
                        .rule(Rule.named("narrow")
                                .paths("/limited/1")
                                .key(RuleKey.parse("ip"))
                                .limits(fixed("2/1m"), fixed("3/1h"))));

        assertThat(server.get("/limited/1").number("X-RateLimit-Limit"))
                .as("least left")
                .isEqualTo(2);
        server.get("/limited/1");
        for (int i = 0; i < 5; i++) {
            assertThat(server.get("/limited/1").status()).isEqualTo(429);
        }

        assertThat(server.get("/limited/2").number("X-RateLimit-Remaining"))
                .as("denials of one rule take nothing from the other")
                .isEqualTo(6);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void tellsThatNoWaitingHelps(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(new Parts()
                        .rule(Rule.named("never")
                                .paths("/limited")
                                .key(RuleKey.parse("ip"))
                                .cost(new io.ratelimit.rule.RuleCost(11, null))
                                .limits(Limit.parse("10/1h"))));

        RawResponse denied = server.get("/limited");

        assertThat(denied.status()).isEqualTo(429);
        assertThat(denied.header("Retry-After")).isNull();
        assertThat(denied.body()).doesNotContain("retryAfter").contains("more than the quota ever holds");
    }
}
