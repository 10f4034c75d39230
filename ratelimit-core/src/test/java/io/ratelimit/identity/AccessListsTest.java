package io.ratelimit.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessListsTest {
    private static final AccessList ALICE_AND_FRIENDS =
            new AccessList(Set.of("acme"), Set.of("alice"), blocks("203.0.113.0/24", "2001:db8:1:2::7", "10.0.0.0/8"));
    private static final AccessLists LISTS = lists(ALICE_AND_FRIENDS, ALICE_AND_FRIENDS, false);

    @Test
    void findsWhoHasAListedKeyNameOrAddress() {
        assertListed(request().header("X-API-Key", "acme-key"), true);
        assertListed(request().user("alice"), true);
        assertListed(FakeRequest.from("203.0.113.9"), true);
        assertListed(FakeRequest.from("::ffff:203.0.113.9"), true);
        assertListed(FakeRequest.from("10.0.0.1").forwardedFor("198.51.100.9, 203.0.113.9"), true);
        assertListed(request().header("X-API-Key", "acme-key").user("bob"), true);
    }

    @Test
    void leavesOutWhoDoesNot() {
        assertListed(request(), false);
        assertListed(request().header("X-API-Key", "random").user("bob"), false);
        assertListed(request().header("X-API-Key", "acme"), false);
        assertListed(request().user("Alice"), false);
        assertListed(request().user("alice\u0000"), false);
        assertListed(request().user("acme"), false);
        assertListed(request().user("203.0.113.9"), false);
        assertListed(FakeRequest.from("203.0.114.9"), false);
        assertListed(FakeRequest.from(""), false);
        assertListed(FakeRequest.from("unknown"), false);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "64:ff9b::203.0.113.9",
                "64:ff9b:1:cb00:71:900::",
                "::ffff:0:203.0.113.9",
                "::203.0.113.9",
                "2001:0:1:2:3:4:34ff:8ef6",
                "2002:cb00:7109::1",
                "64:ff9b::10.0.0.1",
            })
    void blocksWhoCarriesAListedAddressButExemptsNobodyForThat(String peer) {
        assertThat(LISTS.isBlocked(FakeRequest.from(peer))).isTrue();
        assertThat(LISTS.isExempt(FakeRequest.from(peer))).isFalse();
    }

    @Test
    void listsTranslatedAddressesByTheirOwnBlock() {
        AccessList translated = new AccessList(Set.of(), Set.of(), blocks("64:ff9b::/96", "2002::/16"));

        assertThat(lists(translated, AccessList.empty(), false).isExempt(FakeRequest.from("64:ff9b::203.0.113.9")))
                .isTrue();
        assertThat(lists(AccessList.empty(), translated, false).isBlocked(FakeRequest.from("2002:cb00:7109::1")))
                .isTrue();
        assertThat(lists(AccessList.empty(), translated, false).isBlocked(FakeRequest.from("203.0.113.9")))
                .isFalse();
    }

    @Test
    void comparesAddressesNotTheBlocksTheyAreCountedIn() {
        assertListed(FakeRequest.from("2001:db8:1:2::7"), true);
        assertListed(FakeRequest.from("2001:db8:1:2::8"), false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"203.0.113.9", "203.0.113.9, 203.0.113.9", "10.0.0.1"})
    void believesNoHeaderOfAPeerThatIsNotTrusted(String forged) {
        assertListed(request().forwardedFor(forged).header("Forwarded", "for=203.0.113.9"), false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"198.51.100.9", "203.0.113.9, 198.51.100.9", "203.0.113.9, 198.51.100.9, 10.0.0.2"})
    void believesNothingLeftOfTheClient(String header) {
        assertListed(FakeRequest.from("10.0.0.1").forwardedFor(header), false);
    }

    @Test
    void exemptsAProxyOnlyWhenItSpeaksForItself() {
        FakeRequest itself = FakeRequest.from("10.0.0.1");
        assertThat(LISTS.isExempt(itself)).isTrue();
        for (String hidden : List.of("unknown", "_hidden", "203.0.113.9, unknown", "unknown, 10.0.0.2")) {
            FakeRequest somebody = FakeRequest.from("10.0.0.1").forwardedFor(hidden);
            assertThat(LISTS.isExempt(somebody)).as(hidden).isFalse();
            assertThat(LISTS.isBlocked(somebody)).as(hidden).isTrue();
        }
        String tooLong = "10.0.0.2, ".repeat(1_000) + "10.0.0.3";
        assertThat(LISTS.isExempt(FakeRequest.from("10.0.0.1").forwardedFor(tooLong)))
                .isFalse();
    }

    @Test
    void listsNoKeyThatIsUnverified() {
        String hash = ApiKeys.sha256Hex("random");
        AccessList byHash = new AccessList(Set.of(hash), Set.of(), AddressBlocks.none());
        FakeRequest request = request().header("X-API-Key", "random");
        assertThat(lists(byHash, AccessList.empty(), true).isExempt(request)).isFalse();
    }

    @Test
    void blocksAKeyThatIsPresentedBesideOthersButExemptsNone() {
        for (FakeRequest several : List.of(
                request().header("X-API-Key", "acme-key", "random"),
                request().header("X-API-Key", "random", "acme-key"),
                request().header("X-API-Key", "", "acme-key"),
                request().header("X-API-Key", "acme-key").query("api_key", "random"),
                request().header("X-API-Key", "random").query("api_key", "acme-key"),
                request().query("api_key", "random", "other-key", "acme-key"))) {
            assertThat(LISTS.isBlocked(several)).as("blocked").isTrue();
            assertThat(LISTS.isExempt(several)).as("exempt").isFalse();
        }
        assertListed(request().header("X-API-Key", "random", "other-key").query("api_key", "", "third"), false);
    }

    @Test
    void blocksWhoPresentsMoreKeysThanAreLookedAt() {
        String[] eight = {"1", "2", "3", "4", "5", "6", "7", "8"};
        assertListed(request().header("X-API-Key", eight).header("X-API-Key", eight), false);
        FakeRequest nine = request().header("X-API-Key", eight).header("X-API-Key", "acme-key");
        assertThat(LISTS.isBlocked(nine)).isTrue();
        assertThat(LISTS.isExempt(nine)).isFalse();
        AccessLists usersOnly =
                lists(AccessList.empty(), new AccessList(Set.of(), Set.of("alice"), AddressBlocks.none()), false);
        assertThat(usersOnly.isBlocked(nine)).as("where no key is blocked").isFalse();
    }

    @Test
    void emptyListsAskNothing() {
        FakeRequest request = request().header("X-API-Key", "acme-key").user("alice");
        AccessLists empty = lists(AccessList.empty(), AccessList.empty(), false);
        assertThat(empty.isExempt(request)).isFalse();
        assertThat(empty.isBlocked(request)).isFalse();
        assertThat(request.questions()).isZero();
    }

    @Test
    void keepsTheTwoListsApart() {
        AccessLists exemptOnly = lists(ALICE_AND_FRIENDS, AccessList.empty(), false);
        AccessLists blockedOnly = lists(AccessList.empty(), ALICE_AND_FRIENDS, false);
        assertThat(exemptOnly.isExempt(request().user("alice"))).isTrue();
        assertThat(exemptOnly.isBlocked(request().user("alice"))).isFalse();
        assertThat(blockedOnly.isExempt(request().user("alice"))).isFalse();
        assertThat(blockedOnly.isBlocked(request().user("alice"))).isTrue();
    }

    private static void assertListed(FakeRequest request, boolean listed) {
        assertThat(LISTS.isExempt(request)).as("exempt").isEqualTo(listed);
        assertThat(LISTS.isBlocked(request)).as("blocked").isEqualTo(listed);
    }

    private static AccessLists lists(AccessList exempt, AccessList blocked, boolean trustUnverified) {
        IdentityErrorListener errors = (kind, failure) -> {
            throw new AssertionError(kind, failure);
        };
        ApiKeyRegistry registry = ApiKeyRegistry.of(Map.of(
                ApiKeys.sha256Hex("acme-key"), new ApiKey("acme", null),
                ApiKeys.sha256Hex("other-key"), new ApiKey("other", null)));
        IdentityResolver resolver = new IdentityResolver(
                IdentityResolver.DEFAULT_ORDER,
                new ApiKeys(new ApiKeySettings("X-API-Key", "api_key", trustUnverified), registry, errors),
                new ClientAddress(ClientAddressSettings.trusting(blocks("10.0.0.0/8"))),
                null,
                errors);
        return new AccessLists(resolver, exempt, blocked);
    }

    private static AddressBlocks blocks(String... blocks) {
        return AddressBlocks.parse("addresses", List.of(blocks));
    }

    private static FakeRequest request() {
        return FakeRequest.from("192.0.2.1");
    }
}
