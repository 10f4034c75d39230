package io.ratelimit.failover;

import java.util.Locale;

/** Whether a store is asked. */
public enum CircuitState {
    /** It is asked. */
    CLOSED,
    /** It is tried once, apart from any request. */
    HALF_OPEN,
    /** It is left alone for a while. */
    OPEN;

    /** Returns the name in metrics and health, such as {@code half-open}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
