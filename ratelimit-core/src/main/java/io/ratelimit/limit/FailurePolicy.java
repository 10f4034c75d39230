package io.ratelimit.limit;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What decides when the store of a limit cannot: the rule's {@code on-failure}. */
public enum FailurePolicy {
    /** A store in this process decides. */
    LOCAL,
    /** Everything is admitted, and marked as such. */
    ALLOW,
    /** Everything is refused as temporarily unavailable, which over HTTP is 503 and not 429. */
    DENY;

    /** Returns the name used in configuration, such as {@code local}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the policy with this {@link #id()}.
     *
     * @throws IllegalArgumentException if there is none; the message lists those there are
     */
    public static FailurePolicy parse(String id) {
        for (FailurePolicy policy : values()) {
            if (policy.id().equals(id)) {
                return policy;
            }
        }
        throw new IllegalArgumentException("on-failure: "
                + Quoted.text(id)
                + " (expected: one of "
                + Arrays.stream(values()).map(FailurePolicy::id).collect(Collectors.joining(", "))
                + ")");
    }

    @Override
    public String toString() {
        return id();
    }
}
