package io.ratelimit.identity;

import io.ratelimit.limit.InvalidValueException;
import io.ratelimit.limit.Quoted;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The API keys of a configuration. */
final class FixedApiKeys implements ApiKeyRegistry {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final String SHA256_OF_NOTHING = ApiKeys.sha256Hex("");

    private final Map<String, Optional<ApiKey>> byHash = new HashMap<>();

    FixedApiKeys(Map<String, ApiKey> keysBySha256Hex) {
        keysBySha256Hex.forEach((hash, key) -> add(hash.toLowerCase(Locale.ROOT), key));
    }

    @SuppressWarnings("OrphanedFormatString") // the text shows a shell command
    private void add(String hash, ApiKey key) {
        String name = "sha256 of " + Quoted.text(key.name());
        if (!SHA256.matcher(hash).matches()) {
            throw new InvalidValueException(
                    name, hash.length() + " characters", "64 hexadecimal digits, as printf %s KEY | sha256sum prints");
        }
        if (hash.equals(SHA256_OF_NOTHING)) {
            throw new InvalidValueException(name, "that of an empty key", "the hash of a key; is the variable set?");
        }
        if (byHash.putIfAbsent(hash, Optional.of(key)) != null) {
            throw new InvalidValueException(name, "given twice", "a hash of its own for each key");
        }
    }

    @Override
    public Optional<ApiKey> find(String sha256Hex) {
        return byHash.getOrDefault(sha256Hex, Optional.empty());
    }
}
