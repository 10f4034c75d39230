package io.ratelimit.identity;

import java.util.Map;
import java.util.Optional;

/**
 * Knows the API keys by their hashes.
 *
 * <p>Called on the request's thread and not bounded in time: look keys up in memory. What it throws counts as an unknown
 * key. Implementations are safe for any number of threads.
 */
@FunctionalInterface
public interface ApiKeyRegistry {
    /**
     * Returns the key with this hash.
     *
     * @param sha256Hex the SHA-256 of the key's UTF-8 bytes, 64 lower-case hexadecimal digits
     * @return the key; empty if it is unknown, never {@code null}
     */
    Optional<ApiKey> find(String sha256Hex);

    /**
     * Returns a registry of these keys.
     *
     * @param keysBySha256Hex the keys by the SHA-256 of their UTF-8 bytes in hexadecimal digits of either case; copied
     * @throws IllegalArgumentException if a hash is none, is that of the empty text, or is there twice; the message names
     *     the key but shows no hash
     */
    static ApiKeyRegistry of(Map<String, ApiKey> keysBySha256Hex) {
        return new FixedApiKeys(keysBySha256Hex);
    }
}
