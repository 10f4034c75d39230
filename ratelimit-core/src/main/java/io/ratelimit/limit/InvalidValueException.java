package io.ratelimit.limit;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A value that was refused where it was set. The message has the form {@code name: value (expected: expectation)}, such as
 * {@code cost: 0 (expected: a whole number from 1, such as 1)}.
 */
public final class InvalidValueException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final String name;
    private final String value;
    private final String expectation;

    /**
     * Refuses a value.
     *
     * @param name what was set, such as {@code cost}
     * @param value what it was set to, fit for a log: text that somebody typed is given as {@link Quoted#text} writes it
     * @param expectation which values are right, best with an example
     */
    public InvalidValueException(String name, Object value, String expectation) {
        this(name, value, expectation, null);
    }

    /** Refuses a value because of a failure, such as that of parsing it. */
    public InvalidValueException(String name, Object value, String expectation, @Nullable Throwable cause) {
        super(name + ": " + value + " (expected: " + expectation + ")", cause);
        this.name = Objects.requireNonNull(name, "name");
        this.value = value.toString();
        this.expectation = Objects.requireNonNull(expectation, "expectation");
    }

    /** Returns what was set, such as {@code cost}. */
    public String name() {
        return name;
    }

    /** Returns what it was set to, as the message shows it. */
    public String value() {
        return value;
    }

    /** Returns which values are right. */
    public String expectation() {
        return expectation;
    }
}
