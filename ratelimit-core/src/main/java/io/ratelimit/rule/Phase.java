package io.ratelimit.rule;

import java.util.Locale;

/** When in the course of a request a rule is decided. */
public enum Phase {
    /** Before it is known which user asks. */
    BEFORE_AUTHENTICATION,
    /** When the user is known. */
    AFTER_AUTHENTICATION;

    /** Returns the name used in configuration, such as {@code before-authentication}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public String toString() {
        return id();
    }
}
