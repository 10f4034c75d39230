package io.ratelimit.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeysTest {
    private static final String KEY = "acme-key";
    private static final String HASH = "afacab3575137afa4e00d9cbcafcb14c9ae25f779d964eb0ea5b2c4eb5dfd163";
    private static final ApiKey ACME = new ApiKey("acme", "premium");
    private static final ApiKeyRegistry REGISTRY = ApiKeyRegistry.of(Map.of(HASH, ACME));

    private final List<String> errors = new ArrayList<>();
    private final ApiKeys keys = keys(new ApiKeySettings("X-API-Key", "api_key", false), REGISTRY);
    private final ApiKeys trusting = keys(new ApiKeySettings("X-API-Key", "api_key", true), REGISTRY);

    @Test
    void findsAKeyByItsHash() {
        assertThat(ApiKeys.sha256Hex(KEY)).isEqualTo(HASH);
        assertThat(known(keys, request().header("X-API-Key", KEY))).contains(ACME);
        assertThat(known(keys, request().header("x-api-key", KEY))).contains(ACME);
        assertThat(known(keys, request().query("api_key", KEY))).contains(ACME);
        assertThat(known(keys, request())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "random",
                " acme-key",
                "acme-key ",
                "acme-key\t",
                "\"acme-key\"",
                "Bearer acme-key",
                "ACME-KEY",
                "Acme-key",
                "acme-key\u0000",
                "\u0000acme-key",
                "acme\u0000-key",
                "acme-key,acme-key",
                "acme-key, other",
                "acme-key\r\nX: y",
                "acme-key\ud800",
                "\uff41cme-key",
                "acme",
                "${acme-key}",
                "afacab3575137afa4e00d9cbcafcb14c9ae25f779d964eb0ea5b2c4eb5dfd163",
            })
    void takesAKeyAsItIs(String presented) {
        assertThat(known(keys, request().header("X-API-Key", presented))).isEmpty();
        assertThat(known(keys, request().query("api_key", presented))).isEmpty();
        assertThat(keys.read(request().header("X-API-Key", presented)).caller()).isNull();
    }

    @Test
    void takesSeveralEqualKeysForOne() {
        assertThat(known(keys, request().header("X-API-Key", KEY, KEY))).contains(ACME);
        assertThat(known(keys, request().header("X-API-Key", KEY).query("api_key", KEY)))
                .contains(ACME);
    }

    @Test
    void takesDifferentKeysForNone() {
        List<FakeRequest> ambiguous = List.of(
                request().header("X-API-Key", KEY, "random"),
                request().header("X-API-Key", "random", KEY),
                request().header("X-API-Key", KEY, ""),
                request().header("X-API-Key", "", KEY),
                request().header("X-API-Key", KEY, "ACME-KEY"),
                request().header("X-API-Key", KEY).query("api_key", "random"),
                request().header("X-API-Key", KEY).query("api_key", ""),
                request().header("X-API-Key", "").query("api_key", KEY),
                request().query("api_key", KEY, "random"));
        for (FakeRequest request : ambiguous) {
            assertThat(keys.read(request)).isSameAs(PresentedKey.NONE);
            assertThat(trusting.read(request)).as("not even unverified").isSameAs(PresentedKey.NONE);
        }
    }

    @Test
    void ignoresTheQueryWhereNoParameterIsConfigured() {
        ApiKeys headerOnly = keys(ApiKeySettings.defaults(), REGISTRY);
        assertThat(known(headerOnly, request().query("api_key", KEY).query("X-API-Key", KEY)))
                .isEmpty();
        assertThat(known(headerOnly, request().header("X-API-Key", KEY).query("api_key", "random")))
                .contains(ACME);
    }

    @Test
    void countsAnUnverifiedKeyByItsHashWhereThatIsTrusted() {
        PresentedKey unverified = trusting.read(request().header("X-API-Key", "random"));
        assertThat(unverified.known()).isNull();
        assertThat(unverified.caller()).isEqualTo(new Caller(Identity.ofApiKey(ApiKeys.sha256Hex("random")), null));
        assertThat(trusting.read(request().header("X-API-Key", KEY)).caller())
                .isEqualTo(new Caller(Identity.ofApiKey("acme"), "premium"));
        assertThat(trusting.read(request().header("X-API-Key", ""))).isSameAs(PresentedKey.NONE);
        assertThat(trusting.read(request())).isSameAs(PresentedKey.NONE);
    }

    @Test
    void looksAtNoEndlessKey() {
        String longest = "k".repeat(ApiKeys.LONGEST_KEY);
        assertThat(trusting.read(request().header("X-API-Key", longest)).caller())
                .isNotNull();
        assertThat(trusting.read(request().header("X-API-Key", longest + "k"))).isSameAs(PresentedKey.NONE);
    }

    @Test
    @SuppressWarnings({"NullAway", "NullOptional"})
    void takesAKeyForUnknownOverWhichTheRegistryFails() {
        FakeRequest request = request().header("X-API-Key", KEY);
        List<ApiKeyRegistry> broken = List.of(
                hash -> {
                    throw new IllegalStateException("down");
                },
                hash -> {
                    throw new AssertionError("down");
                },
                hash -> {
                    throw new NoClassDefFoundError("com/acme/Keys");
                },
                hash -> null);
        for (ApiKeyRegistry registry : broken) {
            errors.clear();
            assertThat(known(keys(ApiKeySettings.defaults(), registry), request))
                    .isEmpty();
            assertThat(errors).hasSize(1).first().asString().startsWith("api-key ");
        }
    }

    @Test
    void survivesAListenerThatFails() {
        ApiKeys broken = new ApiKeys(
                ApiKeySettings.defaults(),
                hash -> {
                    throw new IllegalStateException("down");
                },
                (kind, failure) -> {
                    throw new IllegalStateException("down too");
                });
        assertThat(known(broken, request().header("X-API-Key", KEY))).isEmpty();
    }

    @Test
    void givesKeysOfOneNameOneIdentity() {
        ApiKeyRegistry rotated =
                ApiKeyRegistry.of(Map.of(ApiKeys.sha256Hex("old"), ACME, ApiKeys.sha256Hex("new"), ACME));
        ApiKeys both = keys(ApiKeySettings.defaults(), rotated);
        assertThat(both.read(request().header("X-API-Key", "old")))
                .isEqualTo(both.read(request().header("X-API-Key", "new")));
    }

    @Test
    void refusesHashesThatAreNoneWithoutShowingThem() {
        assertThat(ApiKeyRegistry.of(Map.of(HASH.toUpperCase(Locale.ROOT), ACME))
                        .find(HASH))
                .contains(ACME);
        for (String hash : List.of("", "secret", HASH.substring(1), HASH + "0", "g" + HASH.substring(1))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ApiKeyRegistry.of(Map.of(hash, ACME)))
                    .withMessage("sha256 of \"acme\": " + hash.length()
                            + " characters (expected: 64 hexadecimal digits, as printf %s KEY | sha256sum prints)");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ApiKeyRegistry.of(Map.of(HASH, ACME, HASH.toUpperCase(Locale.ROOT), ACME)))
                .withMessage("sha256 of \"acme\": given twice (expected: a hash of its own for each key)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ApiKeyRegistry.of(Map.of(ApiKeys.sha256Hex(""), ACME)))
                .withMessageStartingWith("sha256 of \"acme\": that of an empty key");
    }

    @Test
    void refusesNamesThatAreNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ApiKey(" ", null));
        assertThatIllegalArgumentException().isThrownBy(() -> new ApiKeySettings("", null, false));
        assertThatIllegalArgumentException().isThrownBy(() -> new ApiKeySettings("X API Key", null, false));
        assertThatIllegalArgumentException().isThrownBy(() -> new ApiKeySettings("X-API-Key", "", false));
    }

    private ApiKeys keys(ApiKeySettings settings, ApiKeyRegistry registry) {
        return new ApiKeys(settings, registry, (kind, failure) -> errors.add(kind + " " + failure));
    }

    private static FakeRequest request() {
        return FakeRequest.from("192.0.2.1");
    }

    private static Optional<ApiKey> known(ApiKeys keys, RequestView request) {
        return Optional.ofNullable(keys.read(request).known());
    }
}
