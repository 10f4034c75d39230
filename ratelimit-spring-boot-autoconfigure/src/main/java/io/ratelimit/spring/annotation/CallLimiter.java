package io.ratelimit.spring.annotation;

import io.ratelimit.RuleDecision;
import io.ratelimit.limit.Decision;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.spring.annotation.WebLayer.RequestCall;
import io.ratelimit.spring.decision.Decisions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks all rules of a call at once. */
final class CallLimiter {
    private final WebLayer web;
    private final CallDemands demands;
    private final Decisions decisions;

    CallLimiter(WebLayer web, CallDemands demands, Decisions decisions) {
        this.web = web;
        this.demands = demands;
        this.decisions = decisions;
    }

    /**
     * Takes the permits of all rules or of none. Rules of the configuration that this request is charged with for its path
     * are a decision of their own, before the others.
     *
     * @return the decision; empty if nothing limits this caller
     */
    Optional<RuleDecision> acquire(List<CallRule> rules, @Nullable Object[] arguments) {
        Optional<RequestCall> request = web.currentRequest();
        List<Rule> oncePerRequest = new ArrayList<>();
        Map<String, RuleDemand> perCall = new LinkedHashMap<>();
        for (CallRule call : rules) {
            Rule rule = call.reference().rule();
            if (request.isPresent() && !rule.paths().isEmpty()) {
                oncePerRequest.add(rule);
            } else {
                demands.of(call, rule, request, arguments).ifPresent(asked -> perCall.putIfAbsent(rule.id(), asked));
            }
        }
        Optional<RuleDecision> first = oncePerRequest.isEmpty()
                ? Optional.empty()
                : request.flatMap(asking -> asking.acquireOnce(oncePerRequest));
        boolean denied = first.isPresent() && !first.get().decision().allowed();
        if (denied || perCall.isEmpty()) {
            return first;
        }
        RuleDecision own = decisions.acquire(List.copyOf(perCall.values()));
        return Optional.of(first.map(earlier -> together(earlier, own)).orElse(own));
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
