package io.ratelimit.spring.web;

import io.ratelimit.identity.Caller;
import io.ratelimit.identity.ClientAddress;
import io.ratelimit.identity.Identity;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.identity.Requester;
import io.ratelimit.limit.Quoted;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.spring.decision.LimiterError;
import io.ratelimit.spring.decision.LimiterErrors;
import io.ratelimit.spring.expression.KeyText;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tells whose quota a rule counts for a request. There is always somebody: where a resolver or an expression fails or finds
 * nobody, the request counts by its address, apart from those that really are keyed so.
 */
final class Owners {
    private final IdentityDigest digest;
    private final Map<String, Function<WebRequest, @Nullable String>> resolvers;
    private final RuleExpressions expressions;
    private final LimiterErrors errors;

    Owners(
            IdentityDigest digest,
            Map<String, Function<WebRequest, @Nullable String>> resolvers,
            RuleExpressions expressions,
            LimiterErrors errors) {
        this.digest = digest;
        this.resolvers = Map.copyOf(resolvers);
        this.expressions = expressions;
        this.errors = errors;
    }

    /**
     * Checks that a key can be resolved.
     *
     * @throws IllegalArgumentException if it names a resolver that is not there
     */
    void check(RuleKey key) {
        if (key.kind() == RuleKey.Kind.RESOLVER && !resolvers.containsKey(key.text())) {
            throw new IllegalArgumentException("key: " + Quoted.text(key.text())
                    + " (expected: identity, api-key, user, ip, global, an expression that starts with #, or the name of a"
                    + " KeyResolver bean"
                    + (resolvers.isEmpty()
                            ? ", of which there is none)"
                            : ": "
                                    + String.join(
                                            ", ",
                                            resolvers.keySet().stream().sorted().toList()) + ")"));
        }
    }

    Owner of(RuleMatch match, RequestState state) {
        return owner(callerOrUnknown(match, state), match, state);
    }

    /** Returns whose quota counts for a request that is answered before its user is known. */
    Owner standInOf(RuleMatch match, RequestState state) {
        return owner(standIn(match, state), match, state);
    }

    /** By what is known then: the API key, else the address. Code of the application, which may want the user, is not asked. */
    Caller standIn(RuleMatch match, RequestState state) {
        Requester requester = state.requester();
        return switch (match.key().kind()) {
            case IP -> requester.byKind(Identity.IP);
            case GLOBAL -> requester.byKind(Identity.GLOBAL);
            case IDENTITY, API_KEY, USER, RESOLVER, EXPRESSION ->
                requester.hasKnownApiKey()
                        ? requester.byKind(Identity.API_KEY)
                        : match.key().kind() == RuleKey.Kind.IDENTITY
                                ? requester.byKind(Identity.IP)
                                : new Caller(Identity.absent(kindOf(match.key()), requester.address()), null);
        };
    }

    private static String kindOf(RuleKey key) {
        return switch (key.kind()) {
            case RESOLVER -> Identity.RESOLVER + key.text();
            case EXPRESSION -> Identity.EXPRESSION;
            case IDENTITY, API_KEY, USER, IP, GLOBAL -> key.text();
        };
    }

    private Owner owner(Caller caller, RuleMatch match, RequestState state) {
        String tier = caller.tier() == null && match.key().knowsTiers()
                ? state.rules().defaultTier()
                : caller.tier();
        return new Owner(state.digest(caller.identity(), digest), tier);
    }

    /** Whoever cannot be told at all shares one counter with all others of that sort: neither unlimited nor an error. */
    private Caller callerOrUnknown(RuleMatch match, RequestState state) {
        try {
            return caller(match, state);
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError defect) {
            errors.report(LimiterError.KEY, "rule " + match.rule().id(), defect);
            return new Caller(Identity.absent(match.key().kind().name(), ClientAddress.UNKNOWN), null);
        }
    }

    Caller caller(RuleMatch match, RequestState state) {
        Requester requester = state.requester();
        return switch (match.key().kind()) {
            case IDENTITY -> requester.identity();
            case API_KEY -> requester.byKind(Identity.API_KEY);
            case USER -> requester.byKind(Identity.USER);
            case IP -> requester.byKind(Identity.IP);
            case GLOBAL -> requester.byKind(Identity.GLOBAL);
            case RESOLVER, EXPRESSION -> custom(match, requester, state.request());
        };
    }

    private Caller custom(RuleMatch match, Requester requester, WebRequest request) {
        String kind = kindOf(match.key());
        String value = null;
        Throwable failure = null;
        try {
            value = resolve(match, request);
        } catch (Exception | LinkageError | AssertionError | StackOverflowError thrown) {
            failure = thrown;
        }
        if (value == null || value.isBlank()) {
            errors.report(LimiterError.KEY, "rule " + match.rule().id(), failure);
            return new Caller(Identity.absent(kind, requester.address()), null);
        }
        return new Caller(new Identity(kind, value), null);
    }

    private @Nullable String resolve(RuleMatch match, WebRequest request) {
        String text = match.key().text();
        if (match.key().kind() == RuleKey.Kind.EXPRESSION) {
            return KeyText.of(expressions.get("key", text).evaluate(request, match.pathVariables()));
        }
        Function<WebRequest, @Nullable String> resolver = resolvers.get(text);
        return resolver == null ? null : resolver.apply(request);
    }
}
