package io.ratelimit.limit;

import java.util.Locale;

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

    @Override
    public String toString() {
        return id();
    }
}
