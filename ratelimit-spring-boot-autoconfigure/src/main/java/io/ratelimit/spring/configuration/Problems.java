package io.ratelimit.spring.configuration;

import io.ratelimit.limit.InvalidValueException;
import io.ratelimit.limit.Quoted;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Collects everything that is wrong with a configuration. Not safe for several threads. */
final class Problems {
    /** Wider than the names there are: a secret may stand beside a name that was mistyped. */
    private static final Pattern SECRET = Pattern.compile(
            "ratelimit\\.(.*secret.*|.*passw.*"
                    + "|api-?keys\\b(?!.*\\.(name|tier|header|query-?parameter|trust-?unverified)$).*)",
            Pattern.CASE_INSENSITIVE);

    /** What nobody would choose as a secret. */
    private static final Pattern HARMLESS = Pattern.compile("true|false|-?\\d{1,6}");

    private static final String MASK = "******";

    private final List<ConfigurationProblem> found = new ArrayList<>();
    private final Set<String> properties = new HashSet<>();
    private final GivenProperties given;

    Problems(GivenProperties given) {
        this.given = given;
    }

    /** Returns what the sources of the configuration say. */
    GivenProperties given() {
        return given;
    }

    /**
     * Adds a problem.
     *
     * @param property the full name
     * @param value the value, {@code null} if it is missing
     * @param reason what is wrong
     * @param expected what would be right
     * @param example a right value, without the property's name
     */
    void add(String property, @Nullable Object value, String reason, String expected, String example) {
        addWithLine(property, value, reason, expected, property + ": " + example);
    }

    /** Adds a problem whose right form is a line of its own. */
    void addWithLine(String property, @Nullable Object value, String reason, String expected, String exampleLine) {
        String name = given.writtenAs(property);
        String shown = value == null ? null : show(name, value);
        properties.add(name);
        found.add(new ConfigurationProblem(
                name, shown, reason, expected, exampleLine.replace(property, name), given.originOf(name)));
    }

    /** Adds a problem with an entry of a list, which may be meant to change the one of another source in its place. */
    void addIncomplete(
            String entry, String property, @Nullable Object value, String reason, String expected, String exampleLine) {
        given.overrideFor(entry)
                .ifPresentOrElse(
                        override -> addWithLine(
                                property,
                                value,
                                reason + ", and lists come from one source as a whole",
                                expected + "; or an override of single fields of the rule that another source has here",
                                override),
                        () -> addWithLine(property, value, reason, expected, exampleLine));
    }

    /** Adds a problem that ends when the property is no longer there. */
    void addSuperfluous(String property, Object value, String reason, String expected) {
        addWithLine(property, value, reason, expected, "(remove " + property + ")");
    }

    /** Adds a name that means nothing, whose value may be anything, also a secret. */
    void addUnknownName(String property, @Nullable Object value, String reason, String expected, String exampleLine) {
        properties.add(property);
        boolean shown = value != null && HARMLESS.matcher(value.toString()).matches();
        found.add(new ConfigurationProblem(
                property,
                value == null ? null : shown ? show(property, value) : MASK,
                reason,
                expected,
                exampleLine,
                given.originOf(property)));
    }

    /** Adds what a value of the core said when it was made. */
    void add(String property, @Nullable Object value, IllegalArgumentException refused, String example) {
        if (refused instanceof InvalidValueException invalid) {
            add(property, value, invalid.name() + " is " + invalid.value(), invalid.expectation(), example);
        } else {
            add(property, value, plain(String.valueOf(refused.getMessage())), "another value", example);
        }
    }

    /** Adds that a name is not among those there are. */
    void addUnknown(String property, String value, String what, Collection<String> known) {
        String expected = known.isEmpty() ? "none, because there are none" : "one of " + String.join(", ", known);
        String example = Suggestion.nearest(value, known)
                .orElse(known.isEmpty() ? "" : known.iterator().next());
        add(property, value, "there is no such " + what, expected + Suggestion.didYouMean(value, known), example);
    }

    /** Returns whether something is already known to be wrong with a property. */
    boolean has(String property) {
        return properties.contains(property);
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    int size() {
        return found.size();
    }

    InvalidRateLimitConfigurationException toException() {
        return new InvalidRateLimitConfigurationException(found);
    }

    /** Throws everything found, if anything was. */
    void throwIfAny() {
        if (!found.isEmpty()) {
            throw toException();
        }
    }

    /** Returns a text without quotes around it, escaped and cut. */
    static String plain(String text) {
        String quoted = Quoted.text(text);
        return quoted.substring(1, quoted.length() - 1);
    }

    static boolean isSecret(String property) {
        return SECRET.matcher(property).matches();
    }

    /** Returns a value as it may be shown: escaped and cut, and a secret not at all. */
    static String show(String property, Object value) {
        if (isSecret(property)) {
            return MASK;
        }
        return value instanceof CharSequence text ? Quoted.text(text.toString()) : plain(value.toString());
    }
}
