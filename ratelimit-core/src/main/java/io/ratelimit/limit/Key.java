package io.ratelimit.limit;

import java.util.Objects;

/**
 * The name of one counter in a store.
 *
 * <p>All counters of one owner live together (on one slot of a cluster), so that they can be decided together.
 *
 * @param owner whose counter it is: the digest of an identity, never the identity itself
 * @param counter which of the owner's counters: rule id, algorithm and window, such as {@code login:fw1m}
 */
public record Key(String owner, String counter) {
    /** Checks that both parts are there. */
    public Key {
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(counter, "counter");
    }

    @Override
    public int hashCode() {
        return 31 * owner.hashCode() + counter.hashCode();
    }
}
