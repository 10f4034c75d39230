package io.ratelimit.spring.annotation;

import io.ratelimit.RuleDecision;
import io.ratelimit.limit.Decision;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.spring.annotation.WebLayer.RequestCall;
import io.ratelimit.spring.decision.Decisions;
import io.ratelimit.spring.decision.LimiterError;
import io.ratelimit.spring.decision.LimiterErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks all rules of a call at once. */
final class CallLimiter {
    private final WebLayer web;
    private final CallDemands demands;
    private final Decisions decisions;
    private final LimiterErrors errors;

    CallLimiter(WebLayer web, CallDemands demands, Decisions decisions, LimiterErrors errors) {
        this.web = web;
        this.demands = demands;
        this.decisions = decisions;
        this.errors = errors;
    }

    /**
     * Takes the permits of all rules or of none. Within a web request, rules that have a path are decided first and by
     * themselves, because a request is charged with each of them once.
     *
     * @return the decision; empty if nothing limits this caller
     */
    Optional<RuleDecision> acquire(List<CallRule> rules, @Nullable Object[] arguments) {
        Optional<RequestCall> request = web.currentRequest();
        List<CallRule> oncePerRequest = new ArrayList<>();
        List<RuleDemand> perCall = new ArrayList<>();
        for (CallRule call : rules) {
            Rule rule = call.rule();
            if (request.isPresent() && !rule.paths().isEmpty()) {
                oncePerRequest.add(call);
            } else {
                add(call, request, arguments, perCall);
            }
        }
        Optional<RuleDecision> first = Optional.empty();
        if (request.isPresent() && !oncePerRequest.isEmpty()) {
            try {
                first = request.get()
                        .acquireOnce(oncePerRequest.stream().map(CallRule::rule).toList());
            } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError defect) {
                // For example, the request has ended while this thread went on: the call counts as one outside any
                // request.
                errors.report(LimiterError.DECISION, "a request", defect);
                oncePerRequest.forEach(call -> add(call, Optional.empty(), arguments, perCall));
            }
        }
        boolean denied = first.isPresent() && !first.get().decision().allowed();
        if (denied || perCall.isEmpty()) {
            return first;
        }
        RuleDecision own = decisions.acquire(perCall);
        return Optional.of(first.map(earlier -> together(earlier, own)).orElse(own));
    }

    private void add(
            CallRule call, Optional<RequestCall> request, @Nullable Object[] arguments, List<RuleDemand> perCall) {
        demands.of(call, call.rule(), request, arguments).ifPresent(perCall::add);
    }

    private static RuleDecision together(RuleDecision earlier, RuleDecision later) {
        List<RuleDecision.PerRule> rules = new ArrayList<>(earlier.rules());
        rules.addAll(later.rules());
        return new RuleDecision(earlier.decision().followedBy(later.decision()), rules);
    }

    /** Gives back what a decision took. Nobody waits for it. */
    void refund(Decision decision) {
        decisions.refund(decision.grants());
    }
}
