package io.ratelimit.spring.web;

import io.ratelimit.limit.Quoted;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which headers tell a client about its quota. {@code Retry-After} is on every denial whatever the style. */
public enum HeaderStyle {
    /** {@code X-RateLimit-Limit}, {@code X-RateLimit-Remaining} and {@code X-RateLimit-Reset}. */
    X_RATELIMIT,
    /** {@code RateLimit-Policy} and {@code RateLimit} of draft-ietf-httpapi-ratelimit-headers-11. */
    IETF,
    /** Both sets. */
    BOTH,
    /** None. */
    NONE;

    /** Returns the name used in configuration, such as {@code x-ratelimit}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Returns the style with this {@link #id()}.
     *
     * @throws IllegalArgumentException if there is none; the message lists those there are
     */
    public static HeaderStyle parse(String id) {
        for (HeaderStyle style : values()) {
            if (style.id().equals(id)) {
                return style;
            }
        }
        throw new IllegalArgumentException("style: " + Quoted.text(id) + " (expected: one of "
                + Arrays.stream(values()).map(HeaderStyle::id).collect(Collectors.joining(", ")) + ")");
    }

    boolean writesXRateLimit() {
        return this == X_RATELIMIT || this == BOTH;
    }

    boolean writesIetf() {
        return this == IETF || this == BOTH;
    }

    @Override
    public String toString() {
        return id();
    }
}
