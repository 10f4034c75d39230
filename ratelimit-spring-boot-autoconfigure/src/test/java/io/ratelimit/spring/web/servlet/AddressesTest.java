package io.ratelimit.spring.web.servlet;

import static io.ratelimit.spring.web.servlet.Rules.five;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.identity.AccessList;
import io.ratelimit.identity.AccessLists;
import io.ratelimit.identity.AddressBlocks;
import io.ratelimit.identity.ClientAddressSettings;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.spring.web.servlet.Oracle.Way;
import io.ratelimit.spring.web.servlet.TestServer.Parts;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No header changes who is counted, unless a trusted proxy wrote it. */
class AddressesTest {
    private static Parts rule() {
        return new Parts().rule(five("limited", "/limited"));
    }

    private static RawRequest canonical(TestServer server) {
        return server.request("GET", "/limited");
    }

    private static Way claiming(String header, String value) {
        return Way.of(header + ": " + value, server -> canonical(server).header(header, value));
    }

    private static Stream<Way> claims() {
        return Stream.concat(
                Stream.of(
                                "X-Forwarded-For",
                                "X-Real-IP",
                                "X-Client-IP",
                                "True-Client-IP",
                                "CF-Connecting-IP",
                                "X-Cluster-Client-IP",
                                "Fastly-Client-IP",
                                "X-Originating-IP",
                                "Client-IP",
                                "X-Remote-IP",
                                "X-Remote-Addr",
                                "X-Forwarded",
                                "Forwarded-For")
                        .map(header -> claiming(header, "203.0.113.7")),
                Stream.of("for=203.0.113.7", "for=\"[2001:db8::7]:443\"", "for=unknown;by=x", "for=_hidden")
                        .map(value -> claiming("Forwarded", value)));
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void noHeaderCountsWithoutATrustedProxy(Setup setup) {
        List<Way> ways = claims().toList();

        new Oracle(setup, AddressesTest::rule)
                .blocks(AddressesTest::canonical, ways)
                .blocksInTurn(AddressesTest::canonical, ways);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void norDoesItWhereSpringBelievesForwardedHeaders(Setup setup) {
        List<Way> ways =
                claims().map(way -> way.after(Front::believesForwardedHeaders)).toList();

        new Oracle(setup, AddressesTest::rule)
                .blocks(AddressesTest::canonical, ways)
                .bounds(ways);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void norInKeysOfTheApplication(Setup setup) {
        List<Way> ways =
                claims().map(way -> way.after(Front::believesForwardedHeaders)).toList();
        for (String key : List.of("#request.remoteAddr", "#request.remoteHost", "peer")) {
            new Oracle(
                            setup,
                            () -> new Parts()
                                    .rule(five("limited", "/limited").key(RuleKey.parse(key)))
                                    .with(builder ->
                                            builder.keyResolvers(Map.of("peer", request -> request.getRemoteAddr()))))
                    .blocks(AddressesTest::canonical, ways)
                    .bounds(ways);
        }
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void behindAProxyOnlyWhatItWroteCounts(Setup setup) {
        List<Way> ways = Stream.of(
                        "1.1.1.1, 198.51.100.9",
                        "198.51.100.9",
                        "2.2.2.2,3.3.3.3 ,198.51.100.9",
                        ", ,198.51.100.9,",
                        "unknown, 198.51.100.9",
                        "[::ffff:198.51.100.9]",
                        "::ffff:c633:6409",
                        "198.51.100.9:4711",
                        "198.51.100.9, 127.0.0.1",
                        "1.1.1.1, 198.51.100.9, 127.0.0.1, 127.0.0.1",
                        "10.0.0.1, ".repeat(300) + "198.51.100.9")
                .map(value -> claiming("X-Forwarded-For", value))
                .toList();

        new Oracle(setup, () -> rule().trusting("127.0.0.0/8"))
                .blocks(server -> canonical(server).header("X-Forwarded-For", "198.51.100.9"), ways)
                .bounds(ways);
    }

    /** Names are not looked up, and what only some read as an address is none. */
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void whatIsNoAddressCountsForTheHopThatWroteIt(Setup setup) {
        List<Way> ways = Stream.of(
                        "unknown",
                        "_hidden",
                        "localhost",
                        "client.example",
                        "0300.0250.0001.0001",
                        "0xc0a80101",
                        "192.168.257",
                        "3232235777",
                        "198.51.100.9.",
                        "198.51.100.256",
                        "198.51.100.9/32",
                        "[2001:db8::1",
                        "2001:db8::1]:80",
                        "1::2::3",
                        "\u00b2.1.1.1",
                        "1.1.1.1, <script>",
                        "1.1.1.1 2.2.2.2")
                .map(value -> claiming("X-Forwarded-For", value))
                .toList();

        new Oracle(setup, () -> rule().trusting("127.0.0.0/8"))
                .blocks(AddressesTest::canonical, ways)
                .bounds(ways);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aChainOfTrustedProxiesAloneIsItsFirst(Setup setup) {
        List<Way> ways = Stream.of(
                        "10.0.0.1",
                        "10.0.0.1, 10.9.9.9",
                        "10.0.0.1,127.0.0.1",
                        "10.0.0.1, 10.0.0.2, 127.0.0.3",
                        " ,10.0.0.1",
                        "::ffff:10.0.0.1",
                        "10.0.0.1:4711, 10.0.0.2",
                        "10.0.0.1" + ", 10.0.0.3".repeat(20))
                .map(value -> claiming("X-Forwarded-For", value))
                .toList();

        new Oracle(setup, () -> rule().trusting("127.0.0.0/8", "10.0.0.0/8"))
                .blocks(server -> canonical(server).header("X-Forwarded-For", "10.0.0.1"), ways)
                .bounds(ways);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void ofTheOtherHeaderOnlyWhatTheProxyWroteCountsToo(Setup setup) {
        List<Way> ways = Stream.of(
                        "for=1.1.1.1, for=198.51.100.9",
                        "for=\"198.51.100.9:4711\"",
                        "For=198.51.100.9;by=10.0.0.1;proto=https",
                        "proto=https;for=198.51.100.9",
                        "for=unknown, for=198.51.100.9",
                        "for=\"1.1.1.1, for=2.2.2.2\", for=198.51.100.9",
                        "for=198.51.100.9, for=127.0.0.1",
                        "for=\"[::ffff:198.51.100.9]\"")
                .map(value -> claiming("Forwarded", value))
                .toList();
        Way both = Way.of(
                "X-Forwarded-For beside it",
                server -> canonical(server)
                        .header("Forwarded", "for=198.51.100.9")
                        .header("X-Forwarded-For", "3.3.3.3"));

        new Oracle(setup, () -> {
                    Parts parts = rule();
                    parts.addresses = new ClientAddressSettings(
                            AddressBlocks.parse("trusted-proxies", List.of("127.0.0.0/8")), "Forwarded", 32, 64);
                    return parts;
                })
                .blocks(
                        server -> canonical(server).header("Forwarded", "for=198.51.100.9"),
                        Stream.concat(ways.stream(), Stream.of(both)).toList())
                .bounds(ways);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void severalLinesAreOneListAndSpringMayHideThem(Setup setup) {
        Way lines = Way.of(
                "two lines",
                server -> canonical(server)
                        .header("X-Forwarded-For", "7.7.7.7")
                        .header("X-Forwarded-For", "198.51.100.9"));
        Way both = Way.of(
                "the other header too",
                server -> canonical(server)
                        .header("X-Forwarded-For", "198.51.100.9")
                        .header("Forwarded", "for=8.8.8.8"));
        List<Way> ways = List.of(
                lines, both, lines.after(Front::believesForwardedHeaders), both.after(Front::believesForwardedHeaders));

        new Oracle(setup, () -> rule().trusting("127.0.0.1"))
                .blocks(server -> canonical(server).header("X-Forwarded-For", "198.51.100.9"), ways)
                .bounds(ways);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void clientsBehindATrustedProxyAreCountedApart(Setup setup) {
        TestServer server = TestServer.of(setup).install(rule().trusting("127.0.0.0/8"));
        Front.believesForwardedHeaders(server);

        for (int client = 1; client <= 20; client++) {
            assertThat(canonical(server)
                            .header("X-Forwarded-For", "203.0.113." + client)
                            .send()
                            .number("X-RateLimit-Remaining"))
                    .isEqualTo(4);
        }
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void theAddressesOfOneNetworkAreOneClient(Setup setup) {
        List<Way> ways = IntStream.rangeClosed(1, 20)
                .mapToObj(
                        host -> claiming("X-Forwarded-For", "2001:db8:1:2:" + Integer.toHexString(host * 777) + "::1"))
                .toList();

        new Oracle(setup, () -> rule().trusting("127.0.0.0/8"))
                .blocks(server -> canonical(server).header("X-Forwarded-For", "2001:DB8:1:2::1"), ways)
                .blocksInTurn(server -> canonical(server).header("X-Forwarded-For", "2001:db8:1:2:0::1"), ways);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void listsAskForTheSameAddress(Setup setup) {
        Parts parts = new Parts().rule(five("limited", "/limited")).trusting("127.0.0.1");
        parts.with(builder ->
                builder.lists(new AccessLists(parts.identities(), list("203.0.113.0/24"), list("198.51.100.0/24"))));
        TestServer server = TestServer.of(setup).install(parts);
        Front.believesForwardedHeaders(server);

        for (int i = 0; i < 7; i++) {
            RawResponse exempt =
                    canonical(server).header("X-Forwarded-For", "203.0.113.5").send();
            assertThat(exempt.status()).isEqualTo(200);
            assertThat(exempt.header("X-RateLimit-Limit")).isNull();
        }
        RawResponse blocked =
                canonical(server).header("X-Forwarded-For", "198.51.100.5").send();
        assertThat(blocked.status()).isEqualTo(403);
        assertThat(blocked.body()).contains("\"type\":\"about:blank\"").contains("\"status\":403");
        assertThat(blocked.header("Retry-After")).isNull();
        assertThat(canonical(server)
                        .header("X-Forwarded-For", "203.0.113.5, 198.51.100.5")
                        .send()
                        .status())
                .as("forged in front of what the proxy wrote")
                .isEqualTo(403);
        assertThat(server.handled()).isEqualTo(7);
    }

    private static AccessList list(String block) {
        return new AccessList(Set.of(), Set.of(), AddressBlocks.parse("addresses", List.of(block)));
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#withSecurity")
    void usersAreOnTheListsOnceTheyAreKnown(Setup setup) {
        Parts parts = new Parts().rule(Rule.named("me").paths("/user/me").limits(Rules.fixed("1/1h")));
        parts.with(builder -> builder.lists(new AccessLists(
                parts.identities(),
                new AccessList(Set.of(), Set.of("ann"), AddressBlocks.none()),
                new AccessList(Set.of(), Set.of("bob"), AddressBlocks.none()))));
        TestServer server = TestServer.of(setup).install(parts);

        for (int i = 0; i < 3; i++) {
            assertThat(UsersTest.as(server, "ann").send().status()).isEqualTo(200);
        }
        assertThat(UsersTest.as(server, "bob").send().status()).isEqualTo(403);
        assertThat(server.handled()).isEqualTo(3);
    }
}
