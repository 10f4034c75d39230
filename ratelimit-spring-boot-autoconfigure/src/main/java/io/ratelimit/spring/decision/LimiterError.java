package io.ratelimit.spring.decision;

import java.util.Locale;

/** What can fail around a decision without failing the request or the call. */
public enum LimiterError {
    /**
     * A resolver or a key expression threw or found nobody, or what has no text of its own: a request counts by its
     * address, a call together with all others of its kind.
     */
    KEY,
    /** A cost expression threw or gave no positive whole number: the request or the call costs 1. */
    COST,
    /** The limiter failed where it must not: each rule's failure policy decides. */
    DECISION,
    /** Permits could not be given back: they count as used. */
    REFUND,
    /** The customizer of responses threw: the client gets the default body. */
    CUSTOMIZER,
    /** The application's CORS configuration could not be asked: a denial goes without its headers. */
    CORS;

    /** Returns the name in metrics, such as {@code key}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
