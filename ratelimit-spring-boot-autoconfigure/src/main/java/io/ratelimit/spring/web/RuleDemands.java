package io.ratelimit.spring.web;

import io.ratelimit.identity.Identity;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.RuleDemand;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes of a rule that applies to a request what is asked of it: on whose quota, and how much. Never throws. */
final class RuleDemands {
    private final Owners owners;
    private final Costs costs;
    private final Mode mode;

    RuleDemands(Owners owners, Costs costs, Mode mode) {
        this.owners = owners;
        this.costs = costs;
        this.mode = mode;
    }

    /** Returns what to ask of the rules that have not been asked for this request, and notes that they are. */
    List<RuleDemand> unasked(RequestState state, List<RuleMatch> matches) {
        List<RuleDemand> demands = List.of();
        for (int i = 0; i < matches.size(); i++) {
            RuleMatch match = matches.get(i);
            if (state.ask(match)) {
                Optional<RuleDemand> demand = of(state, match);
                if (demand.isPresent()) {
                    demands = appended(demands, demand.get());
                }
            }
        }
        return demands;
    }

    /** Nearly always there is one. */
    private static List<RuleDemand> appended(List<RuleDemand> demands, RuleDemand last) {
        if (demands.isEmpty()) {
            return List.of(last);
        }
        List<RuleDemand> more = new ArrayList<>(demands);
        more.add(last);
        return more;
    }

    /** Returns what to ask of one rule; empty if it does not limit this requester. */
    Optional<RuleDemand> of(RequestState state, RuleMatch match) {
        return isOff(match) ? Optional.empty() : of(state, match, owners.of(match, state));
    }

    /** Returns what to ask of one rule on the quota of whoever stands in for a user that is not known yet. */
    Optional<RuleDemand> ofStandIn(RequestState state, RuleMatch match) {
        return isOff(match) ? Optional.empty() : of(state, match, owners.standInOf(match, state));
    }

    /** Returns who stands in for a user that is not known yet. */
    Identity standIn(RequestState state, RuleMatch match) {
        return owners.standIn(match, state).identity();
    }

    private boolean isOff(RuleMatch match) {
        return match.rule().mode().weaker(mode) == Mode.OFF;
    }

    private Optional<RuleDemand> of(RequestState state, RuleMatch match, Owner owner) {
        return RuleDemand.of(match.rule(), owner.digest(), owner.tier(), costs.of(match, state.request()), mode);
    }

    /** Tells what a rule would ask of a request. */
    RequestExplanation.RuleExplanation explain(RequestState state, RuleMatch match) {
        return new RequestExplanation.RuleExplanation(
                match.rule(),
                RuleBook.phaseOf(match, state.requester()),
                owners.caller(match, state).identity().kind(),
                of(state, match));
    }
}
