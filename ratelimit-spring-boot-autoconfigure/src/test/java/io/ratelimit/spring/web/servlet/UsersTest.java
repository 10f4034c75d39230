package io.ratelimit.spring.web.servlet;

import static io.ratelimit.spring.web.servlet.Rules.five;
import static io.ratelimit.spring.web.servlet.Rules.fixed;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.identity.AccessList;
import io.ratelimit.identity.AccessLists;
import io.ratelimit.identity.AddressBlocks;
import io.ratelimit.rule.Phase;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.spring.web.servlet.Oracle.Way;
import io.ratelimit.spring.web.servlet.TestServer.Parts;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Users count for who they really are, and who is nobody counts by address. */
class UsersTest {
    static RawRequest as(TestServer server, String user) {
        return server.request("GET", "/user/me").header("Authorization", basic(user, "secret"));
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static Rule.Builder byUser(String path) {
        return Rule.named("by-user").paths(path).key(RuleKey.parse("user")).limits(fixed("5/1h"));
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#withSecurity")
    void aUserIsOneHoweverAuthenticated(Setup setup) {
        List<Way> ways = List.of(
                Way.of(
                        "token",
                        server -> server.request("GET", "/user/me").header("Authorization", "Bearer signed-ann")),
                Way.of("another host", server -> as(server, "ann").header("X-Forwarded-For", "9.9.9.9")),
                Way.of("with a made-up key", server -> as(server, "ann").header("X-API-Key", "guess")),
                Way.of(
                        "basic in another case",
                        server -> server.request("GET", "/user/me")
                                .header("Authorization", basic("ann", "secret").replace("Basic", "bAsIc"))),
                Way.of("two credentials", server -> as(server, "ann").header("Authorization", "Bearer signed-bob")),
                Way.of(
                        "with a user parameter",
                        server -> server.request("GET", "/user/me?user=bob&username=bob")
                                .header("Authorization", basic("ann", "secret"))),
                Way.of(
                        "with a user header",
                        server -> as(server, "ann").header("X-User", "bob").header("REMOTE_USER", "bob")),
                Way.of("with an old session", server -> as(server, "ann").header("Cookie", "JSESSIONID=0123456789")));

        new Oracle(setup, () -> new Parts().rule(byUser("/user/**")))
                .blocks(server -> as(server, "ann"), ways)
                .bounds(ways);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#withSecurity")
    void whoIsNobodyCountsByAddress(Setup setup) {
        List<Way> ways = List.of(
                Way.path("/limited"),
                Way.of(
                        "unsigned token",
                        server -> server.request("GET", "/limited").header("Authorization", "Bearer ann")),
                Way.of(
                        "expired token",
                        server -> server.request("GET", "/limited").header("Authorization", "Bearer expired-ann")),
                Way.of("no scheme", server -> server.request("GET", "/limited").header("Authorization", "ann")),
                Way.of(
                        "digest",
                        server -> server.request("GET", "/limited").header("Authorization", "Digest username=\"ann\"")),
                Way.of(
                        "dead session",
                        server -> server.request("GET", "/limited").header("Cookie", "JSESSIONID=1")),
                Way.of("after logout", server -> server.request("GET", "/limited"))
                        .after(server -> server.post("/logout")),
                Way.of(
                        "remember-me",
                        server -> server.request("GET", "/limited").header("Cookie", "remember-me=YW5uOjE6eA")));

        new Oracle(setup, () -> new Parts().rule(byUser("/limited")))
                .blocks(server -> server.request("GET", "/limited"), ways)
                .blocksInTurn(server -> server.request("GET", "/limited"), ways);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#withSecurity")
    void anAnonymousRequestDoesNotTouchTheUserOfTheSameName(Setup setup) {
        TestServer server = TestServer.of(setup).install(new Parts().rule(byUser("/user/**")));

        assertThat(as(server, "ann").send().number("X-RateLimit-Remaining")).isEqualTo(4);
        assertThat(as(server, "bob").send().number("X-RateLimit-Remaining")).isEqualTo(4);
        assertThat(as(server, "ann").send().number("X-RateLimit-Remaining")).isEqualTo(3);
    }

    /** Guessing passwords is stopped before anybody checks them. */
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#withSecurity")
    void failingLoginsCountBeforeAuthentication(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(new Parts()
                        .rule(Rule.named("guessing")
                                .paths("/user/**")
                                .key(RuleKey.parse("ip"))
                                .limits(fixed("5/1h"))));

        for (int i = 0; i < 5; i++) {
            RawResponse failed = server.request("GET", "/user/me")
                    .header("Authorization", basic("ann", "guess" + i))
                    .send();
            assertThat(failed.status()).isEqualTo(401);
            assertThat(failed.number("X-RateLimit-Remaining")).isEqualTo(4 - i);
        }
        assertThat(as(server, "ann").send().status()).isEqualTo(429);
        assertThat(server.handled()).isZero();
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#withSecurity")
    void phasesAreDecisionsOfTheirOwnAndTheHeadersShowTheBindingOne(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(new Parts()
                        .rule(Rule.named("early")
                                .paths("/user/**")
                                .key(RuleKey.parse("ip"))
                                .limits(fixed("9/1h")))
                        .rule(Rule.named("late")
                                .paths("/user/**")
                                .key(RuleKey.parse("user"))
                                .limits(fixed("2/1h"))));

        RawResponse first = as(server, "ann").send();
        as(server, "ann").send();
        RawResponse denied = as(server, "ann").send();
        RawResponse other = as(server, "bob").send();

        assertThat(first.number("X-RateLimit-Limit")).as("the later binds").isEqualTo(2);
        assertThat(denied.status()).isEqualTo(429);
        assertThat(denied.body()).contains("[\"late\"]");
        assertThat(other.number("X-RateLimit-Limit")).isEqualTo(2);
        assertThat(server.request("GET", "/user/me").send().number("X-RateLimit-Remaining"))
                .as("what the early phase took stays taken")
                .isEqualTo(4);
    }

    /** The address is known before the user is. */
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#withSecurity")
    void whoIsBlockedIsRefusedFromAnExemptAddressToo(Setup setup) {
        Parts parts = new Parts().rule(five("early", "/user/**")).rule(byUser("/user/**"));
        AccessList here = new AccessList(Set.of(), Set.of(), AddressBlocks.parse("addresses", List.of("127.0.0.1")));
        AccessList bob = new AccessList(Set.of(), Set.of("bob"), AddressBlocks.none());
        TestServer server = TestServer.of(setup)
                .install(parts.with(builder -> builder.lists(new AccessLists(parts.identities(), here, bob))));

        RawResponse blocked = as(server, "bob").send();
        RawResponse exempt = as(server, "ann").send();

        assertThat(blocked.status()).isEqualTo(403);
        assertThat(exempt.status()).isEqualTo(200);
        assertThat(exempt.headers()).doesNotContainKeys("x-ratelimit-limit", "retry-after");
        assertThat(server.handled()).as("handled for ann alone").isEqualTo(1);
    }

    /** Nobody is known before authentication, so the rules that are decided by then are for everybody. */
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#withSecurity")
    void anExemptUserIsFreeFromAuthenticationOn(Setup setup) {
        Parts parts = new Parts()
                .rule(five("early", "/user/**"))
                .rule(byUser("/user/**").limits(fixed("1/1h")));
        AccessList ann = new AccessList(Set.of(), Set.of("ann"), AddressBlocks.none());
        TestServer server = TestServer.of(setup)
                .install(parts.with(
                        builder -> builder.lists(new AccessLists(parts.identities(), ann, AccessList.empty()))));

        for (int i = 0; i < 5; i++) {
            RawResponse admitted = as(server, "ann").send();
            assertThat(admitted.status()).isEqualTo(200);
            assertThat(admitted.number("X-RateLimit-Remaining")).isEqualTo(4 - i);
        }
        assertThat(as(server, "ann").send().status()).isEqualTo(429);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#withSecurity")
    void aRulesOwnPhaseOverrides(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(new Parts()
                        .rule(Rule.named("late-ip")
                                .paths("/user/**")
                                .key(RuleKey.parse("ip"))
                                .phase(Phase.AFTER_AUTHENTICATION)
                                .limits(fixed("2/1h"))));

        assertThat(server.get("/user/me").header("X-RateLimit-Limit"))
                .as("refused by Spring Security before the rule")
                .isNull();
        assertThat(as(server, "ann").send().number("X-RateLimit-Remaining"))
                .as("one for the refused request, one for this")
                .isZero();
    }
}
