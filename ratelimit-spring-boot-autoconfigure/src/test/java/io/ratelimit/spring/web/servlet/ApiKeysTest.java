package io.ratelimit.spring.web.servlet;

import static io.ratelimit.spring.web.servlet.Rules.five;
import static io.ratelimit.spring.web.servlet.Rules.fixed;
import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.identity.AccessList;
import io.ratelimit.identity.AccessLists;
import io.ratelimit.identity.AddressBlocks;
import io.ratelimit.identity.ApiKey;
import io.ratelimit.identity.ApiKeyRegistry;
import io.ratelimit.identity.ApiKeySettings;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.spring.web.servlet.Oracle.Way;
import io.ratelimit.spring.web.servlet.TestServer.Parts;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Made-up API keys buy nothing; known ones count for their owner, in their tier. */
class ApiKeysTest {
    private static Parts keys(Rule.Builder rule) {
        Parts parts = new Parts().rule(rule);
        parts.apiKeys = ApiKeyRegistry.of(Map.of(
                sha256("acme-key"), new ApiKey("acme", "premium"),
                sha256("other-key"), new ApiKey("other", null),
                sha256("acme-new-key"), new ApiKey("acme", "premium")));
        parts.apiKeySettings = new ApiKeySettings("X-API-Key", "api_key", false);
        return parts;
    }

    private static String sha256(String key) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Way key(String value) {
        return Way.of(
                "X-API-Key: " + value,
                server -> server.request("GET", "/limited").header("X-API-Key", value));
    }

    private static Way keys(String... values) {
        return Way.of("X-API-Key lines: " + List.of(values), server -> {
            RawRequest request = server.request("GET", "/limited");
            Stream.of(values).forEach(value -> request.header("X-API-Key", value));
            return request;
        });
    }

    private static Way keyAndQuery(String header, String query) {
        return Way.of(
                "X-API-Key: " + header + " and api_key=" + query,
                server -> server.request("GET", "/limited?api_key=" + query).header("X-API-Key", header));
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void unknownKeysCountByAddress(Setup setup) {
        List<Way> ways = Stream.concat(
                        Stream.of(
                                key(""),
                                key(" "),
                                key("ACME-KEY"),
                                key("acme-key,acme-key"),
                                key("acme-ke\u0000y"),
                                key("\"acme-key\""),
                                Way.path("/limited?api_key="),
                                Way.path("/limited?api_key=guess"),
                                keys("acme-key", "other-key"),
                                keys("acme-key", "guess"),
                                keyAndQuery("acme-key", "other-key"),
                                keyAndQuery("guess", "acme-key"),
                                Way.path("/limited?API_KEY=acme-key"),
                                Way.path("/limited;api_key=acme-key")),
                        IntStream.range(0, 12).mapToObj(i -> key("random-" + i * 7919)))
                .toList();
        for (String ruleKey : List.of("identity", "api-key")) {
            new Oracle(setup, () -> keys(five("limited", "/limited").key(RuleKey.parse(ruleKey))))
                    .blocks(server -> server.request("GET", "/limited"), ways)
                    .blocksInTurn(server -> server.request("GET", "/limited"), ways);
        }
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void anOwnerIsOneWhateverItsKeysAndHoweverSent(Setup setup) {
        List<Way> ways = List.of(
                key("acme-key"),
                key("acme-new-key"),
                Way.path("/limited?api_key=acme-key"),
                Way.path("/limited?api_key=acme%2Dkey"),
                Way.path("/limited?%61pi_key=acme-key"),
                Way.path("/limited?x=1&api_key=acme-new-key&y"),
                Way.of(
                        "lower case header",
                        server -> server.request("GET", "/limited").header("x-api-key", "acme-key")),
                Way.of(
                        "from elsewhere",
                        server -> server.request("GET", "/limited")
                                .header("X-API-Key", "acme-key")
                                .header("X-Forwarded-For", "9.9.9.9")));

        new Oracle(setup, () -> keys(five("limited", "/limited").key(RuleKey.IDENTITY)))
                .blocks(server -> server.request("GET", "/limited").header("X-API-Key", "acme-key"), ways)
                .blocksInTurn(server -> server.request("GET", "/limited").header("X-API-Key", "acme-new-key"), ways);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void tiersBelongToTheIdentityThatIsCounted(Setup setup) {
        Parts parts = keys(Rule.named("items")
                .paths("/limited")
                .limits(fixed("1/1h"))
                .tier("free", fixed("2/1h"))
                .tier("premium", fixed("20/1h"))
                .tier("enterprise"));
        parts.defaultTier = "free";
        TestServer server = TestServer.of(setup).install(parts);

        assertThat(server.request("GET", "/limited")
                        .header("X-API-Key", "acme-key")
                        .send()
                        .number("X-RateLimit-Limit"))
                .isEqualTo(20);
        assertThat(server.request("GET", "/limited")
                        .header("X-API-Key", "other-key")
                        .send()
                        .number("X-RateLimit-Limit"))
                .isEqualTo(2);
        assertThat(server.get("/limited").number("X-RateLimit-Limit")).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#withSecurity")
    void aKnownKeyIsCountedBeforeAuthentication(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(keys(Rule.named("me").paths("/user/me").limits(fixed("3/1h"))));

        RawResponse refused = server.request("GET", "/user/me")
                .header("X-API-Key", "acme-key")
                .send();

        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.number("X-RateLimit-Remaining")).isEqualTo(2);
        assertThat(server.get("/user/me").header("X-RateLimit-Remaining"))
                .as("without a key it waits for the user")
                .isNull();
    }

    /** Which of them a gateway or a handler reads is unknown: one that is refused is enough. */
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aBlockedKeyIsRefusedWhateverStandsBesideIt(Setup setup) {
        Parts parts = keys(five("limited", "/limited"));
        AccessList other = new AccessList(Set.of("other"), Set.of(), AddressBlocks.none());
        TestServer server = TestServer.of(setup)
                .install(parts.with(
                        builder -> builder.lists(new AccessLists(parts.identities(), AccessList.empty(), other))));
        List<Way> ways = List.of(
                key("other-key"),
                keys("acme-key", "other-key"),
                keys("other-key", "acme-key"),
                keys("guess", "", "other-key", "guess"),
                keyAndQuery("acme-key", "other-key"),
                keyAndQuery("other-key", "acme-key"),
                keyAndQuery("", "other-key"),
                Way.path("/limited?api_key=acme-key&api_key=other-key"),
                Way.path("/limited?%61pi_key=other%2Dkey"));

        for (Way way : ways) {
            assertThat(way.request().apply(server).send().status())
                    .as(way.name())
                    .isEqualTo(403);
        }
        assertThat(server.handled()).isZero();
        assertThat(key("acme-key").request().apply(server).send().status())
                .as("the other alone")
                .isEqualTo(200);
    }

    /** To be exempt, a request has to show that key and no other. */
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void anExemptKeyFreesNothingThatStandsBesideIt(Setup setup) {
        List<Way> ways = List.of(
                keys("acme-key", "other-key"),
                keys("other-key", "acme-key"),
                keys("acme-key", "guess"),
                keyAndQuery("acme-key", "guess"),
                keyAndQuery("guess", "acme-key"),
                key("ACME-KEY"),
                key("acme-key,other-key"),
                Way.path("/limited?api_key=acme-key&api_key=x"));

        new Oracle(setup, () -> {
                    Parts parts = keys(five("limited", "/limited"));
                    AccessList acme = new AccessList(Set.of("acme"), Set.of(), AddressBlocks.none());
                    return parts.with(
                            builder -> builder.lists(new AccessLists(parts.identities(), acme, AccessList.empty())));
                })
                .blocks(server -> server.request("GET", "/limited"), ways);
    }

    /** The key is known before the user is. */
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#withSecurity")
    void anExemptKeyDoesNotLetABlockedUserIn(Setup setup) {
        Parts parts = keys(five("limited", "/user/me"));
        AccessList acme = new AccessList(Set.of("acme"), Set.of(), AddressBlocks.none());
        AccessList bob = new AccessList(Set.of(), Set.of("bob"), AddressBlocks.none());
        TestServer server = TestServer.of(setup)
                .install(parts.with(builder -> builder.lists(new AccessLists(parts.identities(), acme, bob))));

        RawResponse blocked =
                UsersTest.as(server, "bob").header("X-API-Key", "acme-key").send();
        RawResponse exempt =
                UsersTest.as(server, "ann").header("X-API-Key", "acme-key").send();

        assertThat(blocked.status()).isEqualTo(403);
        assertThat(exempt.status()).isEqualTo(200);
        assertThat(exempt.headers()).doesNotContainKey("x-ratelimit-limit");
        assertThat(server.handled()).isEqualTo(1);
    }
}
