package io.ratelimit.spring.annotation;

import io.ratelimit.identity.Caller;
import io.ratelimit.identity.Identity;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.rule.CostNumber;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.spring.annotation.WebLayer.RequestCall;
import io.ratelimit.spring.decision.LimiterError;
import io.ratelimit.spring.decision.LimiterErrors;
import io.ratelimit.spring.expression.ArgumentExpression;
import io.ratelimit.spring.expression.KeyText;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds out what a call asks of a rule: on whose quota, and how much. There is always somebody whose quota it is. */
final class CallDemands {
    /** The end of the kind of an identity that is absent where there is no address to count by either. */
    private static final String BY_NOBODY = ":nobody";

    private final Supplier<RuleSet> configured;
    private final Supplier<IdentityDigest> digest;
    private final Supplier<Mode> mode;
    private final LimiterErrors errors;

    CallDemands(
            Supplier<RuleSet> configured, Supplier<IdentityDigest> digest, Supplier<Mode> mode, LimiterErrors errors) {
        this.configured = configured;
        this.digest = digest;
        this.mode = mode;
        this.errors = errors;
    }

    /**
     * Returns what to ask; empty if the rule is off or does not limit whoever is counted.
     *
     * @param request the web request that the call is part of, if it is part of one
     */
    Optional<RuleDemand> of(CallRule call, Rule rule, Optional<RequestCall> request, @Nullable Object[] arguments) {
        Optional<RuleDemand> demand = call.key() != null
                ? demand(rule, new Caller(keyed(call.key(), rule, arguments), null))
                : request.isPresent() ? inRequest(request.get(), rule) : demand(rule, outsideRequest(rule.key()));
        ArgumentExpression cost = call.cost();
        return cost == null ? demand : demand.map(asked -> withCost(asked, cost(cost, rule, arguments)));
    }

    private Optional<RuleDemand> demand(Rule rule, Caller caller) {
        String owner = digest.get().of(caller.identity());
        return RuleDemand.of(rule, owner, caller.tier(), rule.cost().permits(), mode.get());
    }

    private Optional<RuleDemand> inRequest(RequestCall request, Rule rule) {
        try {
            return request.demand(rule);
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError defect) {
            errors.report(LimiterError.KEY, "rule " + rule.id(), defect);
            return demand(rule, outsideRequest(rule.key()));
        }
    }

    /** Without a request only {@code global} means somebody. All others share a counter, apart from it. */
    private Caller outsideRequest(RuleKey key) {
        if (key.kind() == RuleKey.Kind.GLOBAL) {
            return new Caller(Identity.global(), null);
        }
        String tier = key.knowsTiers() ? configured.get().defaultTier().orElse(null) : null;
        return new Caller(nobody(key.text()), tier);
    }

    private static Identity nobody(String kind) {
        return new Identity(kind + BY_NOBODY, "");
    }

    private Identity keyed(ArgumentExpression key, Rule rule, @Nullable Object[] arguments) {
        String text = null;
        Exception failure = null;
        try {
            text = KeyText.of(key.evaluate(arguments));
        } catch (Exception thrown) {
            failure = thrown;
        }
        if (text == null) {
            errors.report(LimiterError.KEY, "rule " + rule.id(), failure);
            return nobody(Identity.EXPRESSION);
        }
        return new Identity(Identity.EXPRESSION, text);
    }

    private long cost(ArgumentExpression cost, Rule rule, @Nullable Object[] arguments) {
        long permits = 0;
        Exception failure = null;
        try {
            permits = CostNumber.of(cost.evaluate(arguments));
        } catch (Exception thrown) {
            failure = thrown;
        }
        if (permits < 1) {
            errors.report(LimiterError.COST, "rule " + rule.id(), failure);
            return rule.cost().permits();
        }
        return permits;
    }

    private static RuleDemand withCost(RuleDemand demand, long cost) {
        return new RuleDemand(demand.rule(), demand.owner(), demand.limits(), cost, demand.mode());
    }
}
