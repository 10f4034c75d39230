package io.ratelimit.limit;

import java.util.Objects;

/**
 * What made a decision: a store, or what stood in for it.
 *
 * @param id the name in metrics: a backend's name, {@code fallback}, {@code failure-policy} or
 *     {@code none}
 */
public record Source(String id) {
    /** The store in this process. */
    public static final Source MEMORY = new Source("memory");
    /** The local store that decides while the backend cannot. */
    public static final Source FALLBACK = new Source("fallback");
    /** The rule's failure policy, without any counting. */
    public static final Source FAILURE_POLICY = new Source("failure-policy");
    /** Nobody, because there was nothing to ask: the rule is off, or the tier is unlimited. */
    public static final Source NONE = new Source("none");

    /** Checks that the id is there. */
    public Source {
        Objects.requireNonNull(id, "id");
    }

    /** Returns whether what it admits is counted, so that it can be given back. */
    public boolean counts() {
        return !equals(FAILURE_POLICY) && !equals(NONE);
    }

    @Override
    public String toString() {
        return id;
    }
}
