package io.ratelimit.spring.annotation;

import java.util.Locale;

/** What can fail around a limited call without failing the call. */
public enum CallError {
    /** A key expression threw or found nobody: the call counts together with all others of its kind. */
    KEY,
    /** A cost expression threw or gave no positive whole number: the call costs 1. */
    COST,
    /** The limiter failed where it must not: each rule's failure policy decides. */
    DECISION,
    /** Permits could not be given back: they count as used. */
    REFUND;

    /** Returns the name in metrics, such as {@code key}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
