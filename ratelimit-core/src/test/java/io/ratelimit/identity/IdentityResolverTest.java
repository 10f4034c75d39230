package io.ratelimit.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityResolverTest {
    private static final Caller ACME = new Caller(Identity.ofApiKey("acme"), "premium");
    private static final Caller ALICE = new Caller(Identity.ofUser("alice"), "basic");
    private static final Caller ADDRESS = new Caller(Identity.ofIp("192.0.2.1"), null);
    private static final ApiKeyRegistry REGISTRY =
            ApiKeyRegistry.of(Map.of(ApiKeys.sha256Hex("acme-key"), new ApiKey("acme", "premium")));

    private final List<String> errors = new ArrayList<>();
    private final IdentityResolver resolver = resolver(IdentityResolver.DEFAULT_ORDER, name -> "basic");

    @Test
    void prefersTheApiKeyToTheUserToTheAddress() {
        assertThat(resolver.identity(request().header("X-API-Key", "acme-key").user("alice")))
                .isEqualTo(ACME);
        assertThat(resolver.identity(request().user("alice"))).isEqualTo(ALICE);
        assertThat(resolver.identity(request())).isEqualTo(ADDRESS);
    }

    @Test
    void letsAnUnknownKeyFallThrough() {
        assertThat(resolver.identity(request().header("X-API-Key", "random").user("alice")))
                .isEqualTo(ALICE);
        assertThat(resolver.identity(request().header("X-API-Key", "random"))).isEqualTo(ADDRESS);
        assertThat(resolver.hasKnownApiKey(request().header("X-API-Key", "random")))
                .isFalse();
        assertThat(resolver.hasKnownApiKey(request().header("X-API-Key", "acme-key")))
                .isTrue();
    }

    @Test
    void followsAnotherOrder() {
        FakeRequest both = request().header("X-API-Key", "acme-key").user("alice");
        assertThat(resolver(List.of("user", "api-key"), name -> "basic").identity(both))
                .isEqualTo(ALICE);
        assertThat(resolver(List.of("ip", "user", "api-key"), null).identity(both))
                .isEqualTo(ADDRESS);
        assertThat(resolver(List.of("user"), null).identity(request()))
                .as("the address, though it is not in the order")
                .isEqualTo(ADDRESS);
    }

    @Test
    void refusesAnOrderThatIsNone() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resolver(List.of("api-key", "user\n"), null))
                .withMessage("order: \"user\\u000a\" (expected: some of api-key, user, ip, each once)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resolver(List.of("ip", "ip"), null))
                .withMessage("order: ip, ip (expected: some of api-key, user, ip, each once)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resolver(List.of(), null))
                .withMessage("order: nothing (expected: some of api-key, user, ip, each once)");
    }

    @Test
    void countsByTheKindOfTheKey() {
        FakeRequest both = request().header("X-API-Key", "acme-key").user("alice");
        assertThat(resolver.requester(both).byKind("api-key")).isEqualTo(ACME);
        assertThat(resolver.requester(both).byKind("user")).isEqualTo(ALICE);
        assertThat(resolver.requester(both).byKind("ip")).isEqualTo(ADDRESS);
        assertThat(resolver.requester(both).byKind("global")).isEqualTo(new Caller(Identity.global(), null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"api-key", "user", "tenant", "identity", ""})
    void countsAnAbsentKindByAddressUnderAKindOfItsOwn(String kind) {
        FakeRequest nobody = request().header("X-API-Key", "random");
        assertThat(resolver.requester(nobody).byKind(kind))
                .isEqualTo(new Caller(new Identity(kind + ":ip", "192.0.2.1"), null));
        FakeRequest malformed = FakeRequest.from("");
        assertThat(resolver.requester(malformed).byKind(kind))
                .isEqualTo(new Caller(new Identity(kind + ":ip", "unknown"), null));
    }

    @Test
    void countsAMalformedPeerUnderOneFixedAddress() {
        assertThat(resolver.identity(FakeRequest.from("nonsense")))
                .isEqualTo(new Caller(Identity.ofIp("unknown"), null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ",
                "Alice",
                "alice ",
                "ALICE",
                "192.0.2.1",
                "a\r\nb",
                "${jndi:x}",
                "{}",
                ":",
                "\ud800",
                "\u0000"
            })
    void takesAUserNameAsItIs(String name) {
        assertThat(resolver.identity(request().user(name)).identity()).isEqualTo(new Identity("user", name));
    }

    @Test
    void takesAnEmptyUserNameForNone() {
        assertThat(resolver.identity(request().user(""))).isEqualTo(ADDRESS);
        assertThat(resolver.requester(request().user("")).byKind("user").identity())
                .isEqualTo(new Identity("user:ip", "192.0.2.1"));
    }

    @Test
    void aFailingTierResolverGivesNoTier() {
        IdentityResolver broken = resolver(IdentityResolver.DEFAULT_ORDER, name -> {
            throw new IllegalStateException("down");
        });
        assertThat(broken.identity(request().user("alice"))).isEqualTo(new Caller(Identity.ofUser("alice"), null));
        assertThat(errors).containsExactly("tier java.lang.IllegalStateException: down");
    }

    @Test
    void aUserWithoutATierIsNoFailure() {
        assertThat(resolver(IdentityResolver.DEFAULT_ORDER, name -> null)
                        .identity(request().user("alice")))
                .isEqualTo(new Caller(Identity.ofUser("alice"), null));
        assertThat(resolver(IdentityResolver.DEFAULT_ORDER, null)
                        .identity(request().user("alice")))
                .isEqualTo(new Caller(Identity.ofUser("alice"), null));
        assertThat(errors).isEmpty();
    }

    @Test
    void aRequestThatFailsIsCountedAndReported() {
        RequestView broken = new RequestView() {
            @Override
            public String remoteAddress() {
                throw new IllegalStateException("address");
            }

            @Override
            public List<String> headers(String name) {
                throw new IllegalStateException("headers");
            }

            @Override
            public List<String> queryParameters(String name) {
                throw new IllegalStateException("query");
            }

            @Override
            public @Nullable String userName() {
                throw new StackOverflowError("user");
            }
        };
        assertThat(resolver.identity(broken)).isEqualTo(new Caller(Identity.ofIp("unknown"), null));
        assertThat(errors)
                .containsExactly(
                        "api-key java.lang.IllegalStateException: headers",
                        "user java.lang.StackOverflowError: user",
                        "ip java.lang.IllegalStateException: address");
    }

    @ParameterizedTest
    @CsvSource({
        "'api-key,user,ip', acme-key, false",
        "'api-key,user,ip', random, true",
        "'user,api-key', acme-key, true",
        "'api-key,ip', random, false",
        "'api-key,ip,user', random, false",
        "'ip,user', random, false",
        "'api-key', random, false",
    })
    void knowsWhetherItMustWaitForTheUser(String order, String key, boolean needsUser) {
        Requester requester = resolver(List.of(order.split(",", -1)), null)
                .requester(request().header("X-API-Key", key));
        assertThat(requester.needsUser()).isEqualTo(needsUser);
    }

    @Test
    void asksOnceForAllRulesOfARequestButSeesTheUserArrive() {
        AtomicInteger keyLookUps = new AtomicInteger();
        AtomicInteger tierLookUps = new AtomicInteger();
        ApiKeyRegistry counting = hash -> {
            keyLookUps.incrementAndGet();
            return REGISTRY.find(hash);
        };
        IdentityErrorListener listener = (kind, failure) -> errors.add(kind);
        IdentityResolver counted = new IdentityResolver(
                IdentityResolver.DEFAULT_ORDER,
                new ApiKeys(ApiKeySettings.defaults(), counting, listener),
                new ClientAddress(ClientAddressSettings.defaults()),
                name -> "tier" + tierLookUps.incrementAndGet(),
                listener);
        FakeRequest request = request().header("X-API-Key", "random");
        Requester requester = counted.requester(request);
        assertThat(requester.identity()).isEqualTo(ADDRESS);
        request.user("alice");
        for (int rule = 0; rule < 5; rule++) {
            assertThat(requester.identity()).isEqualTo(new Caller(Identity.ofUser("alice"), "tier1"));
            assertThat(requester.byKind("ip")).isEqualTo(ADDRESS);
            assertThat(requester.hasKnownApiKey()).isFalse();
        }
        assertThat(keyLookUps).hasValue(1);
        assertThat(request.questions())
                .as("one for the key, one for the address")
                .isEqualTo(2);
        request.user("bob");
        assertThat(requester.byKind("user")).isEqualTo(new Caller(Identity.ofUser("bob"), "tier2"));
        request.user(null);
        assertThat(requester.identity()).as("after logging out").isEqualTo(ADDRESS);
    }

    private IdentityResolver resolver(List<String> order, @Nullable TierResolver tiers) {
        IdentityErrorListener listener = (kind, failure) -> errors.add(kind + " " + failure);
        return new IdentityResolver(
                order,
                new ApiKeys(ApiKeySettings.defaults(), REGISTRY, listener),
                new ClientAddress(ClientAddressSettings.defaults()),
                tiers,
                listener);
    }

    private static FakeRequest request() {
        return FakeRequest.from("192.0.2.1");
    }
}
