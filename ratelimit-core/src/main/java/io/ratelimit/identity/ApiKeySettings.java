package io.ratelimit.identity;

import io.ratelimit.limit.InvalidValueException;
import io.ratelimit.limit.Quoted;
import org.jspecify.annotations.Nullable;

/**
 * Where a request carries its API key.
 *
 * @param header the header's name
 * @param queryParameter the query parameter's name; {@code null} if keys in the query string do not count
 * @param trustUnverified whether a key that nobody knows counts as an identity too: then every made-up key is a fresh quota
 */
public record ApiKeySettings(String header, @Nullable String queryParameter, boolean trustUnverified) {
    /**
     * Checks the names.
     *
     * @throws IllegalArgumentException if the header's name is none, or the parameter's is empty
     */
    public ApiKeySettings {
        HttpToken.headerName("header", header, "X-API-Key");
        if (queryParameter != null && queryParameter.isEmpty()) {
            throw new InvalidValueException(
                    "query-parameter", Quoted.text(queryParameter), "a name such as api_key, or nothing");
        }
    }

    /** Returns the settings where nothing is configured: known keys in the header {@code X-API-Key}. */
    public static ApiKeySettings defaults() {
        return new ApiKeySettings("X-API-Key", null, false);
    }
}
