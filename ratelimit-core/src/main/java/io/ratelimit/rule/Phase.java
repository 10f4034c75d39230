package io.ratelimit.rule;

import io.ratelimit.limit.Quoted;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

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

    /**
     * Returns the phase with this {@link #id()}.
     *
     * @throws IllegalArgumentException if there is none; the message lists those there are
     */
    public static Phase parse(String id) {
        for (Phase phase : values()) {
            if (phase.id().equals(id)) {
                return phase;
            }
        }
        throw new IllegalArgumentException("phase: " + Quoted.text(id) + " (expected: one of "
                + Arrays.stream(values()).map(Phase::id).collect(Collectors.joining(", ")) + ")");
    }

    @Override
    public String toString() {
        return id();
    }
}
