package io.ratelimit.spring.web;

import io.ratelimit.RuleDecision;
import io.ratelimit.RuleDecision.PerRule;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.rule.Phase;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.rule.RuleLimit;
import io.ratelimit.spring.decision.Decisions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Enforces the rules that wait for the user on requests that never get so far, because what authenticates answers them: a
 * login, wrong credentials. Such a request is charged to them when it has been answered, by its API key or else its address,
 * and the next one of the same requester is decided before it gets there. If that one does get to the later phase, what was
 * taken is given back, and the rules are asked about the user; so nobody is charged twice for a request.
 */
final class LateRules {
    /** Each time that a requester is forgotten, as many requests as come in at once get through. */
    private static final Duration SHORTEST_MEMORY = Duration.ofHours(1);

    private final RuleDemands demands;
    private final Decisions decisions;
    private final EndedEarly endedEarly;

    LateRules(RuleDemands demands, Decisions decisions, EndedEarly endedEarly) {
        this.demands = demands;
        this.decisions = decisions;
        this.endedEarly = endedEarly;
    }

    /** Returns what to ask before the later phase already, because the requester's requests have lately ended before it. */
    List<RuleDemand> due(RequestState state, List<RuleMatch> matches) {
        if (endedEarly.isEmpty()) {
            return List.of();
        }
        List<RuleDemand> due = new ArrayList<>();
        for (RuleMatch match : matches) {
            if (isLate(state, match) && endedEarly.contains(match.rule().id(), demands.standIn(state, match))) {
                demands.ofStandIn(state, match).ifPresent(due::add);
            }
        }
        return due;
    }

    /**
     * Keeps apart what {@link #due} had decided.
     *
     * @param made the decision over rules of the earlier phase and then these, which admitted the request
     * @param due how many these are
     * @param askedMicros when it was asked for
     * @return the decision of the earlier phase alone; {@code null} if no rule of it is enforced
     */
    static @Nullable Decision keep(RequestState state, RuleDecision made, int due, long askedMicros) {
        List<PerRule> rules = made.rules();
        int own = rules.size() - due;
        List<LimitDecision> limits = new ArrayList<>();
        for (PerRule rule : rules.subList(0, own)) {
            if (!rule.shadow()) {
                limits.addAll(rule.limits());
            }
        }
        Decision early = limits.isEmpty() ? null : Decision.of(limits, List.of());
        if (early != null) {
            state.add(early, askedMicros);
        }
        state.decideProvisionally(taken(made, rules.subList(own, rules.size())));
        return early;
    }

    /** Returns the rules with the answers of those alone that took something: shadow rules take all together or nothing. */
    private static List<PerRule> taken(RuleDecision made, List<PerRule> rules) {
        if (made.decision().shadowAllowed()) {
            return rules;
        }
        return rules.stream()
                .map(rule -> rule.shadow() ? new PerRule(rule.demand(), List.of()) : rule)
                .toList();
    }

    /** The request has got to the later phase. */
    void giveBack(RequestState state) {
        List<PerRule> ended = state.enterLatePhase();
        if (ended.isEmpty()) {
            return;
        }
        List<Grant> grants = new ArrayList<>();
        for (PerRule rule : ended) {
            rule.limits().forEach(limit -> limit.grant().ifPresent(grants::add));
        }
        if (!grants.isEmpty()) {
            StatusCounts counts = state.statusCounts();
            if (counts != null) {
                counts.forget(grants);
            }
            decisions.refund(grants);
        }
    }

    /** The request has been answered, with this status, before it got to the later phase. */
    void charge(RequestState state, int status) {
        List<RuleDemand> owed = new ArrayList<>();
        for (RuleMatch match : state.entered()) {
            Rule rule = match.rule();
            if (isLate(state, match) && counts(rule, status)) {
                endedEarly.add(rule.id(), demands.standIn(state, match), memoryOf(rule));
                Optional<RuleDemand> demand = demands.ofStandIn(state, match);
                if (demand.isPresent() && !isCharged(state, rule)) {
                    owed.add(demand.get());
                }
            }
        }
        if (!owed.isEmpty()) {
            decisions.charge(owed);
        }
    }

    private static boolean isLate(RequestState state, RuleMatch match) {
        return !state.wasAsked(match) && RuleBook.phaseOf(match, state.requester()) == Phase.AFTER_AUTHENTICATION;
    }

    private static boolean counts(Rule rule, int status) {
        Set<Integer> counted = rule.countedStatuses();
        return counted.isEmpty() || counted.contains(status);
    }

    private static boolean isCharged(RequestState state, Rule rule) {
        for (PerRule charged : state.provisional()) {
            if (charged.demand().rule().id().equals(rule.id())) {
                return true;
            }
        }
        return false;
    }

    /** Returns the longest time for which a charge may count, whatever the tier: a sliding counter looks back two windows. */
    private static Duration memoryOf(Rule rule) {
        Duration longest = SHORTEST_MEMORY;
        for (List<RuleLimit> limits : rule.tiers().values()) {
            longest = longest(longest, limits);
        }
        return longest(longest, rule.limits());
    }

    private static Duration longest(Duration so, List<RuleLimit> limits) {
        Duration longest = so;
        for (RuleLimit limit : limits) {
            Duration counts = limit.limit().fillTime().multipliedBy(2);
            longest = counts.compareTo(longest) > 0 ? counts : longest;
        }
        return longest;
    }
}
