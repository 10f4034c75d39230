package io.ratelimit.spring.web;

import io.ratelimit.rule.CostNumber;
import io.ratelimit.rule.RuleCost;
import io.ratelimit.spring.decision.LimiterError;
import io.ratelimit.spring.decision.LimiterErrors;

/** Tells what a request costs under a rule. Where the expression gives no positive whole number, that is 1. */
final class Costs {
    private final RuleExpressions expressions;
    private final LimiterErrors errors;

    Costs(RuleExpressions expressions, LimiterErrors errors) {
        this.expressions = expressions;
        this.errors = errors;
    }

    long of(RuleMatch match, WebRequest request) {
        RuleCost cost = match.rule().cost();
        String expression = cost.expression();
        if (expression == null) {
            return cost.permits();
        }
        Throwable failure = null;
        long permits = 0;
        try {
            permits = CostNumber.of(expressions.get("cost", expression).evaluate(request, match.pathVariables()));
        } catch (Exception | LinkageError | AssertionError | StackOverflowError thrown) {
            failure = thrown;
        }
        if (permits < 1) {
            errors.report(LimiterError.COST, "rule " + match.rule().id(), failure);
            return cost.permits();
        }
        return permits;
    }
}
