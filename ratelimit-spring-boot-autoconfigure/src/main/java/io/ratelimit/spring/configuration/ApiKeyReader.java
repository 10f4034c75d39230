package io.ratelimit.spring.configuration;

import io.ratelimit.identity.ApiKey;
import io.ratelimit.identity.ApiKeySettings;
import io.ratelimit.identity.ApiKeys;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the API keys of a configuration; never shows one. */
final class ApiKeyReader {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final String SHA256_OF_NOTHING = ApiKeys.sha256Hex("");
    private static final String EXPECTED = "either value or sha256";
    private static final String HASH_EXPECTED = "64 hexadecimal digits, as printf %s KEY | sha256sum prints";
    private static final String HASH_EXAMPLE = ApiKeys.sha256Hex("an-example");

    private final Problems problems;

    ApiKeyReader(Problems problems) {
        this.problems = problems;
    }

    /** Reads where requests carry keys. */
    ApiKeySettings readSettings(RateLimitProperties.ApiKeys properties) {
        String parameter = properties.queryParameter();
        try {
            return new ApiKeySettings(
                    properties.header(),
                    parameter == null || parameter.isEmpty() ? null : parameter,
                    properties.trustUnverified());
        } catch (IllegalArgumentException refused) {
            problems.add("ratelimit.api-keys.header", properties.header(), refused, "X-API-Key");
            return ApiKeySettings.defaults();
        }
    }

    /** Reads the keys, by their hashes. */
    Map<String, ApiKey> readKeys(RateLimitProperties.ApiKeys properties) {
        Map<String, ApiKey> keys = new LinkedHashMap<>();
        Map<String, Integer> places = new HashMap<>();
        List<RateLimitProperties.ApiKey> entries = properties.keys();
        for (int i = 0; i < entries.size(); i++) {
            String property = "ratelimit.api-keys.keys[" + i + "]";
            RateLimitProperties.ApiKey entry = entries.get(i);
            String name = name(property, entry);
            String hash = hash(property, entry);
            if (hash == null) {
                continue;
            }
            Integer before = places.putIfAbsent(hash, i);
            if (before != null) {
                problems.add(
                        property + (entry.sha256() == null ? ".value" : ".sha256"),
                        hash,
                        "ratelimit.api-keys.keys[" + before + "] has the same key",
                        "a key of its own for each entry",
                        entry.sha256() == null ? "${KEY_" + i + "}" : HASH_EXAMPLE);
            } else if (name != null) {
                keys.put(hash, new ApiKey(name, blankToNull(entry.tier())));
            }
        }
        return keys;
    }

    private @Nullable String name(String property, RateLimitProperties.ApiKey entry) {
        String name = blankToNull(entry.name());
        if (name == null) {
            problems.add(
                    property + ".name", entry.name(), "an API key has to have a name", "the name of its owner", "acme");
        }
        return name;
    }

    private @Nullable String hash(String property, RateLimitProperties.ApiKey entry) {
        String value = blankToNull(entry.value());
        String sha256 = blankToNull(entry.sha256());
        if (value != null && sha256 != null) {
            problems.addSuperfluous(property + ".sha256", sha256, "there is a value beside it", EXPECTED);
            return null;
        }
        if (value == null && sha256 == null) {
            problems.add(
                    property + ".value",
                    null,
                    "an API key has to have a value or its sha256; is the variable set?",
                    EXPECTED,
                    "${ACME_KEY}");
            return null;
        }
        return value != null ? ApiKeys.sha256Hex(value) : checkedHash(property + ".sha256", String.valueOf(sha256));
    }

    private @Nullable String checkedHash(String property, String sha256) {
        String hash = sha256.toLowerCase(Locale.ROOT);
        if (!SHA256.matcher(hash).matches()) {
            problems.add(
                    property,
                    sha256,
                    "this is no SHA-256 but " + sha256.length() + " characters"
                            + (sha256.length() == 64 ? ", not all hexadecimal" : ""),
                    HASH_EXPECTED,
                    HASH_EXAMPLE);
            return null;
        }
        if (hash.equals(SHA256_OF_NOTHING)) {
            problems.add(property, sha256, "this is the SHA-256 of an empty key", HASH_EXPECTED, HASH_EXAMPLE);
            return null;
        }
        return hash;
    }

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }
}
