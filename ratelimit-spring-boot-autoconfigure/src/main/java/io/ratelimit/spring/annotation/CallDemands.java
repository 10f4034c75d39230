package io.ratelimit.spring.annotation;

import io.ratelimit.identity.Caller;
import io.ratelimit.identity.Identity;
import io.ratelimit.rule.CostNumber;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.spring.annotation.WebLayer.RequestCall;
import io.ratelimit.spring.decision.LimiterError;
import io.ratelimit.spring.decision.LimiterErrors;
import io.ratelimit.spring.expression.ArgumentExpression;
import io.ratelimit.spring.expression.KeyText;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds out what a call asks of a rule: on whose quota, and how much. No call is without a quota that it counts on. */
final class CallDemands {
    /** Ends the kind of the identity that stands in for an unknown one where no address is known either. */
    private static final String BY_NOBODY = ":nobody";

    private final ApplicationParts application;
    private final LimiterErrors errors;

    CallDemands(ApplicationParts application, LimiterErrors errors) {
        this.application = application;
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
        String owner = application.digest().of(caller.identity());
        return RuleDemand.of(rule, owner, caller.tier(), rule.cost().permits(), application.mode());
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
        String tier = key.knowsTiers() ? application.rules().defaultTier().orElse(null) : null;
        return new Caller(nobody(key.text()), tier);
    }

    private static Identity nobody(String kind) {
        return new Identity(kind + BY_NOBODY, "");
    }

    private Identity keyed(ArgumentExpression key, Rule rule, @Nullable Object[] arguments) {
        String text = evaluated(LimiterError.KEY, key, rule, arguments, KeyText::of);
        return text == null ? nobody(Identity.EXPRESSION) : new Identity(Identity.EXPRESSION, text);
    }

    private long cost(ArgumentExpression cost, Rule rule, @Nullable Object[] arguments) {
        Long permits = evaluated(LimiterError.COST, cost, rule, arguments, value -> {
            long number = CostNumber.of(value);
            return number < 1 ? null : number;
        });
        return permits == null ? rule.cost().permits() : permits;
    }

    /** Returns what an expression yields, or {@code null} after reporting that it failed or yields nothing of use. */
    private <T> @Nullable T evaluated(
            LimiterError error,
            ArgumentExpression expression,
            Rule rule,
            @Nullable Object[] arguments,
            Function<@Nullable Object, @Nullable T> use) {
        T usable = null;
        Exception failure = null;
        try {
            usable = use.apply(expression.evaluate(arguments));
        } catch (Exception thrown) {
            failure = thrown;
        }
        if (usable == null) {
            errors.report(error, "rule " + rule.id(), failure);
        }
        return usable;
    }

    private static RuleDemand withCost(RuleDemand demand, long cost) {
        return new RuleDemand(demand.rule(), demand.owner(), demand.limits(), cost, demand.mode());
    }
}
