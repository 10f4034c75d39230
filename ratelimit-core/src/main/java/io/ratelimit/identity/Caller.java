package io.ratelimit.identity;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who is counted, and in which tier.
 *
 * @param identity who is counted
 * @param tier the tier of that identity; {@code null} if it has none of its own
 */
public record Caller(Identity identity, @Nullable String tier) {
    /** Checks that the identity is there. */
    public Caller {
        Objects.requireNonNull(identity, "identity");
    }
}
