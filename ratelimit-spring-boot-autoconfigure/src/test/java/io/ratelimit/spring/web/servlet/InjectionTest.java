package io.ratelimit.spring.web.servlet;

import static io.ratelimit.spring.web.servlet.Rules.fixed;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Key;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.Ticker;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.spring.decision.LimiterError;
import io.ratelimit.spring.web.servlet.TestServer.Parts;
import io.ratelimit.store.MemoryStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What a client writes is data: it gets into no header, body, log, key or expression as anything else. */
@ExtendWith(OutputCaptureExtension.class)
class InjectionTest {
    private static final List<String> HOSTILE = List.of(
            "a%0d%0aX-Injected:%20yes",
            "%0aSet-Cookie:%20a=b",
            "\"},{\"x\":\"",
            "<script>alert(1)</script>",
            "%1b[31mred",
            "${jndi:ldap://x.example/a}",
            "${java.version}",
            "{}{}{}",
            "a:b:c",
            "{other}:login:fw1h",
            "#{T(java.lang.Runtime).getRuntime().exec('id')}",
            "T(java.lang.System).exit(1)",
            "' + #request.getHeader('Host') + '",
            "%e2%80%ae",
            "x".repeat(3_000));

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void hostileIdentitiesAreOrdinaryIdentities(Setup setup, CapturedOutput output) {
        List<Key> keys = new CopyOnWriteArrayList<>();
        TestServer server = TestServer.of(setup)
                .install(new Parts()
                        .store(new SpyStore(
                                MemoryStore.of(Ticker.system(), 10_000, Source.MEMORY),
                                operation -> keys.addAll(operation.keys())))
                        .rule(Rule.named("by-expression")
                                .paths("/limited")
                                .key(RuleKey.parse("#query['who']"))
                                .limits(fixed("2/1h")))
                        .rule(Rule.named("by-bean")
                                .paths("/limited")
                                .key(RuleKey.parse("who"))
                                .limits(fixed("2/1h")))
                        .with(builder -> builder.keyResolvers(Map.of("who", request -> request.getParameter("who")))));
        int first = server.handled();

        for (String who : HOSTILE) {
            String query = "/limited?who=" + encoded(who);
            assertThat(server.get(query).status()).as(who).isEqualTo(200);
            assertThat(server.get(query).status()).as(who).isEqualTo(200);
            RawResponse denied = server.get(query);
            assertThat(denied.status()).as(who).isEqualTo(429);
            assertThat(denied.headers()).doesNotContainKeys("x-injected", "set-cookie");
            assertThat(denied.body()).doesNotContain("script", "java.", "jndi", "xxx");
        }

        assertThat(server.handled() - first).isEqualTo(2 * HOSTILE.size());
        assertThat(keys).allSatisfy(key -> {
            assertThat(key.owner()).matches("[A-Za-z0-9_-]{22}");
            assertThat(key.counter()).matches("by-(expression|bean):fw1h");
        });
        assertThat(output.getAll()).doesNotContain("jndi", "script", "Injected", "\u001b[31m");
    }

    /** Leaves what is an escape sequence already. */
    private static String encoded(String who) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < who.length(); i++) {
            char c = who.charAt(i);
            text.append(
                    Character.isLetterOrDigit(c) || c == '%' || c == '-' || c == '.'
                            ? String.valueOf(c)
                            : String.format("%%%02x", (int) c));
        }
        return text.toString();
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void failuresOfTheApplicationAreLoggedWithoutWhatTheClientSent(Setup setup, CapturedOutput output) {
        TestServer server = TestServer.of(setup)
                .install(new Parts()
                        .rule(Rule.named("by-bean")
                                .paths("/limited")
                                .key(RuleKey.parse("who"))
                                .limits(fixed("50/1h")))
                        .with(builder -> builder.keyResolvers(Map.of("who", request -> {
                            throw new IllegalArgumentException("No such tenant: " + request.getHeader("X-Tenant"));
                        }))));

        for (int i = 0; i < 20; i++) {
            assertThat(server.request("GET", "/limited")
                            .header("X-Tenant", "secret-" + i)
                            .send()
                            .number("X-RateLimit-Remaining"))
                    .as("counts by address")
                    .isEqualTo(49 - i);
        }

        assertThat(server.errors(LimiterError.KEY)).isEqualTo(20);
        assertThat(output.getAll())
                .containsOnlyOnce("Rate limiting met a failure (key) at rule by-bean")
                .doesNotContain("secret-");
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void whoIsMissingCountsByAddressApartFromTheRest(Setup setup) {
        Map<String, Integer> statuses = Map.of(
                "#query['who']", 200, "#who", 200, "#header('X-Who')", 429, "who", 429, "#request.session.noSuch", 429);
        statuses.forEach((key, status) -> {
            TestServer server = TestServer.of(setup)
                    .install(new Parts()
                            .rule(Rule.named("r")
                                    .paths("/limited")
                                    .key(RuleKey.parse(key))
                                    .limits(fixed("5/1h")))
                            .with(builder -> builder.keyResolvers(Map.of("who", request -> " "))));
            for (int i = 0; i < 7; i++) {
                server.request("GET", "/limited")
                        .header("X-Forwarded-For", "9.9.9." + i)
                        .send();
            }
            assertThat(server.handled()).isEqualTo(5);
            assertThat(server.errors(LimiterError.KEY)).isEqualTo(7);
            assertThat(server.get("/limited?who=127.0.0.1").status())
                    .as("%s: who calls itself like an address is not the one without a name", key)
                    .isEqualTo(status);
        });
    }

    /** Their text is another one for each object, which would be a fresh quota for each request. */
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void whatHasNoTextOfItsOwnCountsByAddress(Setup setup) {
        for (String key : List.of(
                "#request.getHeaders('X-Tenant')",
                "#request.getParameterValues('account')",
                "#request.cookies",
                "#root",
                "#request",
                "#headers",
                "#query['none'] ?: {#request.method, #request}")) {
            TestServer server = TestServer.of(setup)
                    .install(new Parts()
                            .rule(Rule.named("r")
                                    .paths("/limited")
                                    .key(RuleKey.parse(key))
                                    .limits(fixed("5/1h"))));
            for (int i = 0; i < 7; i++) {
                server.request("GET", "/limited?account=7")
                        .header("X-Tenant", "acme")
                        .header("Cookie", "a=b")
                        .send();
            }
            assertThat(server.handled()).as(key).isEqualTo(5);
            assertThat(server.errors(LimiterError.KEY)).as(key).isEqualTo(7);
        }
    }
}
