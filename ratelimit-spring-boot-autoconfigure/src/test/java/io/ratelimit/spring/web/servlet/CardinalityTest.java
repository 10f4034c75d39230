package io.ratelimit.spring.web.servlet;

import static io.ratelimit.spring.web.servlet.Rules.five;
import static io.ratelimit.spring.web.servlet.Rules.fixed;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.ratelimit.identity.ApiKeySettings;
import io.ratelimit.limit.Source;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.spring.actuate.RateLimitMetrics;
import io.ratelimit.spring.web.servlet.TestServer.Parts;
import io.ratelimit.store.MemoryStore;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** However many different things clients send: bounded memory, the same meters, and no fresh quota for who is blocked. */
class CardinalityTest {
    private static final int MOST_KEYS = 128;
    private static final int FLOOD = 300;

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private MemoryStore memory;

    /** The i-th of many requests that differ in one thing. */
    private interface Flood extends BiFunction<TestServer, Integer, RawRequest> {}

    private TestServer install(Setup setup, Parts parts) {
        TestServer server = TestServer.of(setup);
        memory = MemoryStore.of(server.ticker, MOST_KEYS, Source.MEMORY);
        return server.install(parts.store(memory).telling(new RateLimitMetrics(meters, "memory")));
    }

    private static void send(TestServer server, Flood flood, int first, int last) {
        for (int i = first; i <= last; i++) {
            flood.apply(server, i).send();
        }
    }

    /** Each is somebody else: all are served, in bounded memory, and who was blocked before stays it. */
    private void assertBounded(Setup setup, Parts parts, Flood flood) {
        TestServer server = install(setup, parts);
        for (int i = 0; i < 7; i++) {
            send(server, flood, 0, 0);
        }
        assertThat(server.handled()).as("handled of the first").isEqualTo(5);
        int metersBefore = meters.getMeters().size();

        send(server, flood, 1, FLOOD);

        assertThat(server.handled() - 5).as("handled of the others").isEqualTo(FLOOD);
        assertThat(memory.size()).as("counters").isLessThanOrEqualTo(MOST_KEYS);
        assertThat(meters.getMeters()).as("meters").hasSize(metersBefore);
        for (int i = 0; i < 3; i++) {
            send(server, flood, 0, 0);
        }
        assertThat(server.handled() - 5 - FLOOD)
                .as("handled of the first, who is still blocked")
                .isZero();
    }

    /** All are the same client, whatever differs. */
    private void assertOneClient(Setup setup, Parts parts, Flood flood) {
        TestServer server = install(setup, parts);
        send(server, flood, 0, 6);
        assertThat(server.handled()).isEqualTo(5);
        int metersBefore = meters.getMeters().size();

        send(server, flood, 7, FLOOD);

        assertThat(server.handled()).as("handled of all").isEqualTo(5);
        assertThat(memory.size()).as("counters").isEqualTo(1);
        assertThat(meters.getMeters()).as("meters").hasSize(metersBefore);
    }

    private static Flood header(String name, String format) {
        return (server, i) -> server.request("GET", "/limited").header(name, format.formatted(i));
    }

    private static Flood path(String format) {
        return (server, i) -> server.request("GET", format.formatted(i));
    }

    private static Parts limited(String key) {
        return new Parts().rule(five("limited", "/limited/**").key(RuleKey.parse(key)));
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void manyAddresses(Setup setup) {
        Flood flood = (server, i) ->
                server.request("GET", "/limited").header("X-Forwarded-For", "10.1." + i / 250 + "." + i % 250);

        assertBounded(setup, limited("ip").trusting("127.0.0.0/8"), flood);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void manyNetworks(Setup setup) {
        assertBounded(setup, limited("ip").trusting("127.0.0.0/8"), header("X-Forwarded-For", "2001:db8:0:%x::1"));
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void manyKeysThatNobodyKnowsAreOneClient(Setup setup) {
        assertOneClient(setup, limited("identity"), header("X-API-Key", "random-%d"));
        assertOneClient(setup, limited("api-key"), header("X-API-Key", "random-%d"));
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void manyKeysThatAreTrustedUnverified(Setup setup) {
        Parts parts = limited("api-key");
        parts.apiKeySettings = new ApiKeySettings("X-API-Key", null, true);

        assertBounded(setup, parts, header("X-API-Key", "random-%d"));
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#withSecurity")
    void manyUsers(Setup setup) {
        assertBounded(setup, limited("user"), header("Authorization", "Bearer signed-user-%d"));
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void manyTenantsOfAnExpression(Setup setup) {
        assertBounded(setup, limited("#headers['X-Tenant']"), header("X-Tenant", "tenant %d"));
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void manyTenantsOfAResolverWithLongNames(Setup setup) {
        Parts parts = limited("tenant")
                .with(builder -> builder.keyResolvers(Map.of("tenant", request -> request.getHeader("X-Tenant"))));

        assertBounded(setup, parts, header("X-Tenant", "x".repeat(2_000) + "%d"));
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void manyPathsOfOneClient(Setup setup) {
        assertOneClient(setup, limited("ip"), path("/limited/%d"));
        assertOneClient(
                setup, new Parts().byDefault(Rule.named("default").limits(fixed("5/1h"))), path("/limited/%d?q=%<d"));
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void manyPathsAsIdentities(Setup setup) {
        Parts parts = new Parts().rule(five("limited", "/limited/{id}").key(RuleKey.parse("#id")));

        assertBounded(setup, parts, path("/limited/%d"));
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void manyHeadersAndParametersOfOneClient(Setup setup) {
        for (Flood flood : List.<Flood>of(
                path("/limited?p%d=x"),
                header("User-Agent", "agent %d"),
                header("X-Forwarded-For", "10.0.1.%d"),
                header("Cookie", "JSESSIONID=%d"),
                (server, i) -> server.request("GET", "/limited").header("X-" + i, "x"))) {
            assertOneClient(setup, limited("ip"), flood);
        }
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void manyCountersOfEachOfManyClients(Setup setup) {
        Parts parts = limited("ip").trusting("127.0.0.0/8");
        for (String limit : List.of("100/1m", "1000/1d")) {
            parts.rule(Rule.named("more-" + parts.rules.size())
                    .paths("/**")
                    .key(RuleKey.parse("ip"))
                    .limits(fixed(limit)));
        }

        assertBounded(setup, parts, header("X-Forwarded-For", "2001:db8:1:%x::1"));
    }

    /** Where all counters are used up, none of them goes: newcomers share what there is. */
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void manyThatUseTheirQuotaUp(Setup setup) {
        TestServer server = install(
                setup,
                new Parts()
                        .rule(five("limited", "/limited").limits(fixed("1/1h")))
                        .trusting("127.0.0.0/8"));
        Flood flood = header("X-Forwarded-For", "2001:db8:2:%x::1");
        send(server, flood, 0, FLOOD);
        int handled = server.handled();

        send(server, flood, 0, FLOOD);

        assertThat(memory.size()).isEqualTo(MOST_KEYS);
        assertThat(handled).as("handled of those who came first").isBetween(MOST_KEYS, MOST_KEYS + 2);
        assertThat(server.handled()).as("handled when all come again").isEqualTo(handled);
    }

    /** The counters of an outage have a bound of their own. */
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void manyInAnOutage(Setup setup) {
        try (FailoverBackend backend = new FailoverBackend(TestServer.of(setup).ticker, 1, MOST_KEYS)) {
            TestServer server =
                    backend.behind(TestServer.of(setup), limited("ip").trusting("127.0.0.0/8"));
            Flood flood = header("X-Forwarded-For", "2001:db8:3:%x::1");
            backend.refuse();
            IntStream.range(0, 7).forEach(i -> send(server, flood, 0, 0));
            assertThat(server.handled()).isEqualTo(5);

            send(server, flood, 1, FLOOD);

            assertThat(backend.fallbackKeys()).isLessThanOrEqualTo(MOST_KEYS);
            assertThat(server.handled()).isEqualTo(5 + FLOOD);
            send(server, flood, 0, 0);
            assertThat(server.handled()).as("who was blocked in the outage").isEqualTo(5 + FLOOD);
        }
    }
}
