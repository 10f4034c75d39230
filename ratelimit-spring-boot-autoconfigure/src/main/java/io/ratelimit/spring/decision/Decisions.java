package io.ratelimit.spring.decision;

import io.ratelimit.RuleDecision;
import io.ratelimit.RuleLimiter;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.Ticker;
import io.ratelimit.rule.RuleDemand;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Asks the limiter on behalf of something that has to go on: where the limiter fails although it must not, each rule's failure
 * policy decides. Never throws, and safe for any number of threads.
 */
public final class Decisions {
    private final Supplier<RuleLimiter> limiter;
    private final FailurePolicies failurePolicies;
    private final LimiterErrors errors;

    /**
     * Creates the view of a limiter.
     *
     * @param limiter decides; asked for each time, because it may not be there yet
     * @param ticker the clock of decisions by failure policy
     * @param errors is told what fails
     */
    public Decisions(Supplier<RuleLimiter> limiter, Ticker ticker, LimiterErrors errors) {
        this.limiter = limiter;
        this.failurePolicies = new FailurePolicies(ticker);
        this.errors = errors;
    }

    /**
     * Takes the permits of all rules or of none, without waiting.
     *
     * @return the decision, within the deadline of the store; {@link #giveUp} ends a wait for a store that breaks its promise
     */
    public CompletableFuture<RuleDecision> ask(List<RuleDemand> demands) {
        CompletableFuture<RuleDecision> asked;
        try {
            asked = limiter.get().acquire(demands).toCompletableFuture();
        } catch (RuntimeException defect) {
            return CompletableFuture.completedFuture(byPolicy(demands, defect));
        }
        return asked.isDone() && !asked.isCompletedExceptionally()
                ? asked
                : asked.exceptionally(defect -> byPolicy(demands, defect));
    }

    /** Takes the permits of all rules or of none, and waits for the decision. */
    public RuleDecision acquire(List<RuleDemand> demands) {
        CompletableFuture<RuleDecision> asked = ask(demands);
        return DecisionWait.await(asked, () -> giveUp(asked, demands));
    }

    /** Lets the failure policies decide what was asked, if it is not decided yet. */
    public void giveUp(CompletableFuture<RuleDecision> asked, List<RuleDemand> demands) {
        if (!asked.isDone()) {
            asked.complete(byPolicy(demands, new TimeoutException()));
        }
    }

    /** Takes the permits in any case, without waiting for it. */
    public void charge(List<RuleDemand> demands) {
        try {
            limiter.get().charge(demands).whenComplete((charged, failure) -> {
                if (failure != null) {
                    errors.report(LimiterError.DECISION, "a charge", failure);
                }
            });
        } catch (RuntimeException defect) {
            errors.report(LimiterError.DECISION, "a charge", defect);
        }
    }

    /** Gives permits back without waiting for it. */
    public void refund(List<Grant> grants) {
        try {
            limiter.get().refund(grants).whenComplete((done, failure) -> {
                if (failure != null) {
                    errors.report(LimiterError.REFUND, "a refund", failure);
                }
            });
        } catch (RuntimeException defect) {
            errors.report(LimiterError.REFUND, "a refund", defect);
        }
    }

    private RuleDecision byPolicy(List<RuleDemand> demands, Throwable defect) {
        errors.report(LimiterError.DECISION, "a decision", defect);
        return failurePolicies.decide(demands);
    }
}
