package io.ratelimit.spring.web;

import io.ratelimit.RuleDecision;
import io.ratelimit.limit.Grant;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.spring.decision.Decisions;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides all rules of one phase of a request as one, and notes in its state what follows. Never throws. */
final class RuleDecider {
    private final Decisions decisions;
    private final Owners owners;
    private final Costs costs;
    private final Mode mode;

    RuleDecider(Decisions decisions, Owners owners, Costs costs, Mode mode) {
        this.decisions = decisions;
        this.owners = owners;
        this.costs = costs;
        this.mode = mode;
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
        RuleDecision made = decisions.acquire(demands);
        state.add(made.decision());
        state.reservations().add(made);
        return Optional.of(made);
    }

    /** Gives permits back without waiting for it. */
    void refund(List<Grant> grants) {
        decisions.refund(grants);
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
}
