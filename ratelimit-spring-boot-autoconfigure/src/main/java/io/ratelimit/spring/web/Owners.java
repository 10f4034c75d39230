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
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells whose quota a rule counts for a request. There is always somebody: where a resolver or an expression fails or finds
 * nobody, the request counts by its address, apart from those that really are keyed so.
 */
final class Owners {
    private final IdentityDigest digest;
    private final Map<String, KeyResolver> resolvers;
    private final RuleExpressions expressions;
    private final LimiterErrors errors;

    Owners(
            IdentityDigest digest,
            Map<String, KeyResolver> resolvers,
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

    Owner of(RuleMatch match, Requester requester, HttpServletRequest request, @Nullable String defaultTier) {
        Caller caller = callerOrUnknown(match, requester, request);
        String tier = caller.tier() == null && match.key().knowsTiers() ? defaultTier : caller.tier();
        return new Owner(digest.of(caller.identity()), tier);
    }

    /** Whoever cannot be told at all shares one counter with all others of that sort: neither unlimited nor an error. */
    private Caller callerOrUnknown(RuleMatch match, Requester requester, HttpServletRequest request) {
        try {
            return caller(match, requester, request);
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError defect) {
            errors.report(LimiterError.KEY, "rule " + match.rule().id(), defect);
            return new Caller(Identity.absent(match.key().kind().name(), ClientAddress.UNKNOWN), null);
        }
    }

    Caller caller(RuleMatch match, Requester requester, HttpServletRequest request) {
        RuleKey key = match.key();
        return switch (key.kind()) {
            case IDENTITY -> requester.identity();
            case API_KEY -> requester.byKind(Identity.API_KEY);
            case USER -> requester.byKind(Identity.USER);
            case IP -> requester.byKind(Identity.IP);
            case GLOBAL -> requester.byKind(Identity.GLOBAL);
            case RESOLVER, EXPRESSION -> custom(match, requester, request);
        };
    }

    private Caller custom(RuleMatch match, Requester requester, HttpServletRequest request) {
        RuleKey key = match.key();
        String kind = key.kind() == RuleKey.Kind.RESOLVER ? Identity.RESOLVER + key.text() : Identity.EXPRESSION;
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

    private @Nullable String resolve(RuleMatch match, HttpServletRequest request) {
        String text = match.key().text();
        if (match.key().kind() == RuleKey.Kind.EXPRESSION) {
            return KeyText.of(expressions.get("key", text).evaluate(request, match.pathVariables()));
        }
        KeyResolver resolver = resolvers.get(text);
        return resolver == null ? null : resolver.resolve(new PeerAddressRequest(request));
    }
}
