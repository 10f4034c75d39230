package io.ratelimit.rule;

import java.util.Locale;

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

    @Override
    public String toString() {
        return id();
    }
}
