package io.ratelimit.spring.web;

import java.util.Locale;

/** What can fail around a decision without failing the request. */
public enum WebError {
    /** A {@link KeyResolver} or a key expression threw or found nobody: the request counts by its address. */
    KEY,
    /** A cost expression threw or gave no positive whole number: the request costs 1. */
    COST,
    /** The limiter failed where it must not: each rule's failure policy decides. */
    DECISION,
    /** Permits could not be given back: they count as used. */
    REFUND,
    /** A {@link RateLimitResponseCustomizer} threw: the client gets the default body. */
    CUSTOMIZER,
    /** The application's CORS configuration could not be asked: a denial goes without its headers. */
    CORS;

    /** Returns the name in metrics, such as {@code key}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
