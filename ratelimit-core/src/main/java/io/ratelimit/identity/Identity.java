package io.ratelimit.identity;

import io.ratelimit.limit.InvalidValueException;
import io.ratelimit.limit.Quoted;
import java.util.Objects;

/**
 * Whose quota is counted. Two identities share a counter only if kind and value are both equal.
 *
 * <p>Immutable and safe for any number of threads. The value is personal: {@link #toString()} leaves it out, and whatever
 * leaves the process carries an {@link IdentityDigest} instead.
 *
 * @param kind what the value is: one of the constants, or a name of the application's own, not empty. Names that end in
 *     {@link #BY_IP} stand for an identity that is absent, see {@link #absent}
 * @param value the value, taken as it is: neither trimmed nor folded; may be empty
 */
public record Identity(String kind, String value) {
    /** A known API key; the value is its name. */
    public static final String API_KEY = "api-key";
    /** An authenticated user; the value is the principal's name. */
    public static final String USER = "user";
    /** A client address; the value is the address or the block that it is counted in. */
    public static final String IP = "ip";
    /** Everybody; the value is empty. */
    public static final String GLOBAL = "global";
    /** The beginning of the kind of what a resolver finds; its name follows. No bean's name makes one of the others. */
    public static final String RESOLVER = "resolver:";
    /** What an expression yields. */
    public static final String EXPRESSION = "expression:";
    /** The end of the kind of an identity that is absent and counted by address, as in {@code user:ip}. */
    public static final String BY_IP = ":ip";

    private static final Identity EVERYBODY = new Identity(GLOBAL, "");

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException if the kind is empty
     */
    public Identity {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(value, "value");
        if (kind.isEmpty()) {
            throw new InvalidValueException("kind", "\"\"", "a name such as " + IP);
        }
    }

    /** Returns the identity of a client address, in the text form that {@link ClientAddress#of} gives. */
    public static Identity ofIp(String address) {
        return new Identity(IP, address);
    }

    /** Returns the identity of an authenticated user. */
    public static Identity ofUser(String name) {
        return new Identity(USER, name);
    }

    /** Returns the identity of an API key, by its name. */
    public static Identity ofApiKey(String name) {
        return new Identity(API_KEY, name);
    }

    /** Returns the identity that everybody shares. */
    public static Identity global() {
        return EVERYBODY;
    }

    /**
     * Returns what stands in where a rule's kind of identity is absent: the client's address, under a kind of its own
     * ({@code user:ip} for {@code user}). So it shares a counter neither with a user whose name happens to look like an
     * address, nor with the rules by {@code ip}.
     *
     * @param kind the kind that is absent
     * @param address the client address in the text form that {@link ClientAddress#of} gives
     */
    public static Identity absent(String kind, String address) {
        return new Identity(standInFor(kind), address);
    }

    private static String standInFor(String kind) {
        // The two that every request may need are spelt out, so that they cost no concatenation.
        return switch (kind) {
            case USER -> USER + BY_IP;
            case API_KEY -> API_KEY + BY_IP;
            default -> kind + BY_IP;
        };
    }

    /** Returns the kind alone: the value must not get into logs by accident. */
    @Override
    public String toString() {
        return "identity of kind " + Quoted.text(kind);
    }
}
