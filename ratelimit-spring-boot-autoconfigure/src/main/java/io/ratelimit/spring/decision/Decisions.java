package io.ratelimit.spring.decision;

import io.ratelimit.RuleDecision;
import io.ratelimit.RuleLimiter;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.Ticker;
import io.ratelimit.rule.RuleDemand;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Asks the limiter on behalf of something that has to go on: waits for the decision, and where the limiter fails although it
 * must not, each rule's failure policy decides. Never throws, and safe for any number of threads.
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

    /** Takes the permits of all rules or of none. */
    public RuleDecision acquire(List<RuleDemand> demands) {
        try {
            return DecisionWait.await(limiter.get().acquire(demands), DecisionWait.MOST);
        } catch (ExecutionException | TimeoutException | RuntimeException defect) {
            errors.report(LimiterError.DECISION, "a decision", defect);
            return failurePolicies.decide(demands);
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
}
