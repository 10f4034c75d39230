package io.ratelimit.identity;

import io.ratelimit.limit.InvalidValueException;
import io.ratelimit.limit.Quoted;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An API key that is known. The key itself is not kept. Keys of one name share one quota, so a key can be replaced without
 * a fresh one.
 *
 * @param name whose key it is, not blank; this is what is counted and listed
 * @param tier the tier; {@code null} if it has none of its own
 */
public record ApiKey(String name, @Nullable String tier) {
    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException if the name is blank
     */
    public ApiKey {
        Objects.requireNonNull(name, "name");
        if (name.isBlank()) {
            throw new InvalidValueException("name", Quoted.text(name), "a name such as acme");
        }
    }
}
