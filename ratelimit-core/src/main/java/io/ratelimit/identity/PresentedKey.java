package io.ratelimit.identity;

import org.jspecify.annotations.Nullable;

/**
 * What came of a request's API key.
 *
 * @param known the key, if it is known
 * @param caller who is counted by it: of a known key its name, of an unverified one that is trusted its hash; {@code null}
 *     if the request is not counted by API key
 */
record PresentedKey(@Nullable ApiKey known, @Nullable Caller caller) {
    static final PresentedKey NONE = new PresentedKey(null, null);
}
