package io.ratelimit.spring.annotation;

import io.ratelimit.RuleDecision;
import io.ratelimit.RuleLimiter;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.FailurePolicy;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.Verdict;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.spring.annotation.WebLayer.RequestCall;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks all rules of a call at once, and waits for the decision: at most for the deadline of the store. */
final class CallLimiter {
    /** Above every deadline that a store can be given. */
    private static final long MOST_SECONDS = 12;

    private final WebLayer web;
    private final CallDemands demands;
    private final Supplier<RuleLimiter> limiter;
    private final CallErrors errors;

    CallLimiter(WebLayer web, CallDemands demands, Supplier<RuleLimiter> limiter, CallErrors errors) {
        this.web = web;
        this.demands = demands;
        this.limiter = limiter;
        this.errors = errors;
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
        RuleDecision own = decide(List.copyOf(perCall.values()));
        return Optional.of(first.map(earlier -> together(earlier, own)).orElse(own));
    }

    private static RuleDecision together(RuleDecision earlier, RuleDecision later) {
        List<RuleDecision.PerRule> rules = new ArrayList<>(earlier.rules());
        rules.addAll(later.rules());
        return new RuleDecision(earlier.decision().followedBy(later.decision()), rules);
    }

    private RuleDecision decide(List<RuleDemand> asked) {
        CompletionStage<RuleDecision> stage;
        try {
            stage = limiter.get().acquire(asked);
        } catch (RuntimeException defect) {
            return byPolicy(asked, defect);
        }
        try {
            return wait(stage.toCompletableFuture());
        } catch (CompletionException | CancellationException failed) {
            return byPolicy(asked, failed);
        }
    }

    /**
     * An interrupt does not end the wait, because the permits are being taken in any case. It is over in a moment, unless a
     * store breaks its promise.
     */
    private static RuleDecision wait(CompletableFuture<RuleDecision> decision) {
        return decision.isDone()
                ? decision.join()
                : decision.copy().orTimeout(MOST_SECONDS, TimeUnit.SECONDS).join();
    }

    /** Gives back what a decision took. Nobody waits for it. */
    void refund(Decision decision) {
        try {
            limiter.get().refund(decision.grants()).whenComplete((done, failure) -> {
                if (failure != null) {
                    errors.report(CallError.REFUND, failure);
                }
            });
        } catch (RuntimeException defect) {
            errors.report(CallError.REFUND, defect);
        }
    }

    /** Decides where the store did not answer and nothing that stands around it did either. */
    private RuleDecision byPolicy(List<RuleDemand> asked, Throwable failure) {
        errors.report(CallError.DECISION, failure);
        List<LimitDecision> enforced = new ArrayList<>();
        List<LimitDecision> watched = new ArrayList<>();
        List<RuleDecision.PerRule> rules = new ArrayList<>();
        for (RuleDemand demand : asked) {
            List<LimitDecision> limits =
                    demand.demands().stream().map(CallLimiter::byPolicy).toList();
            (demand.mode() == Mode.ENFORCE ? enforced : watched).addAll(limits);
            rules.add(new RuleDecision.PerRule(demand, limits));
        }
        return new RuleDecision(Decision.of(enforced, watched), rules);
    }

    private static LimitDecision byPolicy(Demand demand) {
        boolean allowed = demand.onFailure() != FailurePolicy.DENY;
        long second = Math.max(
                1, TimeUnit.SECONDS.toMicros(1) / demand.limit().tickUnit().micros());
        long now = demand.limit().tickUnit().fromMicros(TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()));
        return new LimitDecision(
                demand,
                new Verdict(allowed, allowed ? demand.limit().capacity() : 0, allowed ? 0 : second, 0, 0, now),
                Source.FAILURE_POLICY);
    }
}
