package io.ratelimit.rule;

import io.ratelimit.limit.InvalidValueException;
import io.ratelimit.limit.Quoted;
import java.util.Locale;
import java.util.Objects;

/**
 * Whose quota a rule counts.
 *
 * @param kind how the identity is found
 * @param text the name of the resolver or the expression; of the other kinds the name used in configuration
 */
public record RuleKey(Kind kind, String text) {
    /** The API key if it is known, else the user, else the address. */
    public static final RuleKey IDENTITY = new RuleKey(Kind.IDENTITY, "identity");

    /** How the identity is found. */
    public enum Kind {
        /** By the configured order, normally API key, user, address. */
        IDENTITY,
        /** A known API key. */
        API_KEY,
        /** The authenticated user. */
        USER,
        /** The client's address. */
        IP,
        /** One counter for everybody. */
        GLOBAL,
        /** A named resolver of the application. */
        RESOLVER,
        /** An expression over the request. */
        EXPRESSION;

        private String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Checks that both parts are there. */
    public RuleKey {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(text, "text");
    }

    /**
     * Reads the text form: {@code identity}, {@code api-key}, {@code user}, {@code ip}, {@code global}, an expression that
     * starts with {@code #}, or otherwise the name of a resolver.
     *
     * @throws IllegalArgumentException if the text is blank
     */
    public static RuleKey parse(String text) {
        if (text.isBlank()) {
            throw new InvalidValueException(
                    "key",
                    Quoted.text(text),
                    "identity, api-key, user, ip, global, the name of a KeyResolver bean, or an expression such as #request.getHeader('X-Tenant')");
        }
        if (text.startsWith("#")) {
            return new RuleKey(Kind.EXPRESSION, text);
        }
        for (Kind kind : Kind.values()) {
            if (kind != Kind.RESOLVER && kind != Kind.EXPRESSION && kind.id().equals(text)) {
                return new RuleKey(kind, text);
            }
        }
        return new RuleKey(Kind.RESOLVER, text);
    }

    /** Returns whether different requesters may have different tiers under this key. */
    public boolean knowsTiers() {
        return kind == Kind.IDENTITY || kind == Kind.API_KEY || kind == Kind.USER;
    }

    /** Returns the text form. */
    @Override
    public String toString() {
        return text;
    }
}
