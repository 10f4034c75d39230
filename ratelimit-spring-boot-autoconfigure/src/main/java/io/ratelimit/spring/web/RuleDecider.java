package io.ratelimit.spring.web;

import io.ratelimit.RuleDecision;
import io.ratelimit.RuleLimiter;
import io.ratelimit.limit.Grant;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.RuleDemand;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Decides all rules of one phase of a request as one, and notes in its state what follows. Never throws. */
final class RuleDecider {
    private final RuleLimiter limiter;
    private final Owners owners;
    private final Costs costs;
    private final Mode mode;
    private final FailurePolicies failurePolicies;
    private final WebErrors errors;

    RuleDecider(
            RuleLimiter limiter,
            Owners owners,
            Costs costs,
            Mode mode,
            FailurePolicies failurePolicies,
            WebErrors errors) {
        this.limiter = limiter;
        this.owners = owners;
        this.costs = costs;
        this.mode = mode;
        this.failurePolicies = failurePolicies;
        this.errors = errors;
    }

    /**
     * Takes the permits of all rules that have not been asked for this request, or of none.
     *
     * @return the decision; empty if there was nothing to ask
     */
    Optional<RuleDecision> decide(
            RequestState state, HttpServletRequest request, List<RuleMatch> matches, @Nullable String defaultTier) {
        List<RuleDemand> demands = demands(state, request, state.unasked(matches), defaultTier);
        if (demands.isEmpty()) {
            return Optional.empty();
        }
        RuleDecision made = acquire(demands);
        state.add(made.decision());
        state.reservations().add(made);
        return Optional.of(made);
    }

    /** Gives permits back without waiting for it. */
    void refund(List<Grant> grants) {
        try {
            limiter.refund(grants).whenComplete((done, failure) -> {
                if (failure != null) {
                    errors.report(WebError.REFUND, "a refund", failure);
                }
            });
        } catch (RuntimeException defect) {
            errors.report(WebError.REFUND, "a refund", defect);
        }
    }

    /** Tells what a rule would ask of a request. */
    RequestExplanation.RuleExplanation explain(
            RequestState state, HttpServletRequest request, RuleMatch match, @Nullable String defaultTier) {
        return new RequestExplanation.RuleExplanation(
                match.rule(),
                RuleBook.phaseOf(match, state.requester()),
                owners.caller(match, state.requester(), request).identity().kind(),
                demand(state, request, match, defaultTier));
    }

    private List<RuleDemand> demands(
            RequestState state, HttpServletRequest request, List<RuleMatch> matches, @Nullable String defaultTier) {
        List<RuleDemand> demands = new ArrayList<>(matches.size());
        for (RuleMatch match : matches) {
            state.asked(match);
            demand(state, request, match, defaultTier).ifPresent(demands::add);
        }
        return demands;
    }

    /** Returns what to ask of one rule; empty if it does not limit this requester. */
    Optional<RuleDemand> demand(
            RequestState state, HttpServletRequest request, RuleMatch match, @Nullable String defaultTier) {
        if (match.rule().mode().weaker(mode) == Mode.OFF) {
            return Optional.empty();
        }
        Owner owner = owners.of(match, state.requester(), request, defaultTier);
        return RuleDemand.of(match.rule(), owner.digest(), owner.tier(), costs.of(match, request), mode);
    }

    private RuleDecision acquire(List<RuleDemand> demands) {
        try {
            return DecisionWait.await(limiter.acquire(demands), DecisionWait.MOST);
        } catch (ExecutionException | TimeoutException | RuntimeException defect) {
            errors.report(WebError.DECISION, "a decision", defect);
            return failurePolicies.decide(demands);
        }
    }
}
