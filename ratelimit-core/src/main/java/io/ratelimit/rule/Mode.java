package io.ratelimit.rule;

import io.ratelimit.limit.Quoted;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What becomes of a rule's denials. The later constant is the weaker. */
public enum Mode {
    /** They are denied. */
    ENFORCE,
    /** They are counted and told to metrics, and admitted. */
    SHADOW,
    /** There are none: the rule is not asked. */
    OFF;

    /** Returns the name used in configuration, such as {@code enforce}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the weaker of this mode and another. */
    public Mode weaker(Mode other) {
        return compareTo(other) >= 0 ? this : other;
    }

    /**
     * Returns the mode with this {@link #id()}.
     *
     * @throws IllegalArgumentException if there is none; the message lists those there are
     */
    public static Mode parse(String id) {
        for (Mode mode : values()) {
            if (mode.id().equals(id)) {
                return mode;
            }
        }
        throw new IllegalArgumentException("mode: " + Quoted.text(id) + " (expected: one of "
                + Arrays.stream(values()).map(Mode::id).collect(Collectors.joining(", ")) + ")");
    }

    @Override
    public String toString() {
        return id();
    }
}
