package io.ratelimit.spring.web;

import io.ratelimit.RuleDecision;
import io.ratelimit.identity.AccessLists;
import io.ratelimit.identity.IdentityResolver;
import io.ratelimit.identity.Requester;
import io.ratelimit.limit.Decision;
import io.ratelimit.rule.Phase;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.spring.decision.LimiterError;
import io.ratelimit.spring.decision.LimiterErrors;
import io.ratelimit.spring.web.RequestExplanation.Standing;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.springframework.web.servlet.HandlerMapping;

/** Decides about a request at each point that it comes through: the phases of the filter, the handler, the application. */
final class RequestGate implements RequestRules {
    private final IdentityResolver identities;
    private final AccessLists lists;
    private final ExcludedPaths excluded;
    private final RuleDecider decider;
    private final Denials denials;
    private final QuotaHeaders headers;
    private final LimiterErrors errors;
    private final LongSupplier nanoTime;
    private final RuleBook rules;

    RequestGate(
            IdentityResolver identities,
            AccessLists lists,
            ExcludedPaths excluded,
            RuleDecider decider,
            Denials denials,
            QuotaHeaders headers,
            LimiterErrors errors,
            LongSupplier nanoTime,
            RuleBook rules) {
        this.identities = identities;
        this.lists = lists;
        this.excluded = excluded;
        this.decider = decider;
        this.denials = denials;
        this.headers = headers;
        this.errors = errors;
        this.nanoTime = nanoTime;
        this.rules = rules;
    }

    boolean countsStatuses() {
        return rules.countsStatuses();
    }

    /** Returns what is known of the request. */
    RequestState state(HttpServletRequest request) {
        return RequestState.of(request, identities);
    }

    /** Recognises a request that is not limited at all, when it comes to the first filter. */
    void arrive(RequestState state, HttpServletRequest request) {
        if (excluded.contain(request)) {
            state.exclude();
        }
    }

    /**
     * Decides the rules of the request's path and method, as one.
     *
     * @param phases which of them: the early ones alone, or all that have not been asked
     * @return why the request is refused; empty if it is admitted
     */
    Optional<RateLimitDenial> enter(
            RequestState state, HttpServletRequest request, HttpServletResponse response, Set<Phase> phases) {
        if (state.isEntry(request) && !state.isExcluded()) {
            // Of the exempt too: from an exempt address, the user may be blocked, who is known in a later phase only.
            if (isListed(lists::isBlocked, state)) {
                return Optional.of(Denials.blocked());
            }
            if (isListed(lists::isExempt, state)) {
                state.exempt();
            }
        }
        if (state.isFree()) {
            return Optional.empty();
        }
        List<RuleMatch> matches = matches(state, request).stream()
                .filter(match -> phases.contains(Phase.AFTER_AUTHENTICATION)
                        || phases.contains(RuleBook.phaseOf(match, state.requester())))
                .toList();
        return refusal(decide(state, request, response, matches));
    }

    /** Decides the rules of the handler that is about to run, as one. Returns the decision if it is a denial. */
    Optional<Decision> enterHandler(
            RequestState state, HttpServletRequest request, HttpServletResponse response, List<Rule> handlerRules) {
        if (state.isFree() || handlerRules.isEmpty()) {
            return Optional.empty();
        }
        return decide(state, request, response, matches(request, handlerRules))
                .map(RuleDecision::decision)
                .filter(decision -> !decision.allowed());
    }

    @Override
    public Optional<RuleDecision> acquire(HttpServletRequest request, List<Rule> asked) {
        RequestState state = state(request);
        if (state.isFree()) {
            return Optional.empty();
        }
        Optional<RuleDecision> made = decider.decide(state, request, matches(request, asked), rules.defaultTier());
        headers.write(state.shown(), state.response());
        return made;
    }

    @Override
    public Optional<RuleDemand> demand(HttpServletRequest request, Rule rule) {
        RequestState state = state(request);
        return state.isFree()
                ? Optional.empty()
                : decider.demand(
                        state, request, new RuleMatch(rule, rule.key(), pathVariables(request)), rules.defaultTier());
    }

    /** Tells what would become of a request that nobody has made. */
    RequestExplanation explain(HttpServletRequest request) {
        RequestState state = state(request);
        if (excluded.contain(request)) {
            return new RequestExplanation(Standing.EXCLUDED, List.of());
        }
        if (lists.isBlocked(state.requester())) {
            return new RequestExplanation(Standing.BLOCKED, List.of());
        }
        if (lists.isExempt(state.requester())) {
            return new RequestExplanation(Standing.EXEMPT, List.of());
        }
        return new RequestExplanation(
                Standing.LIMITED,
                matches(state, request).stream()
                        .map(match -> decider.explain(state, request, match, rules.defaultTier()))
                        .toList());
    }

    /** Returns the denial that a decision is, and adds it to what the headers say. */
    RateLimitDenial denial(RequestState state, HttpServletResponse response, Decision denied) {
        state.add(denied);
        headers.write(state.shown(), response);
        return denials.of(denied);
    }

    /** Refuses an admitted request that has nowhere to wait for its turn, and gives back what its places cost. */
    RateLimitDenial turnAway(RequestState state, Turn.Place place) {
        state.reservations().forget(place.grants());
        decider.refund(place.grants());
        return denials.ofQueued(place.decision(), place.remaining(nanoTime.getAsLong()));
    }

    /** Gives back what the response's status does not make count. */
    void settle(RequestState state, int status) {
        decider.refund(state.reservations().settle(status));
    }

    private Optional<RuleDecision> decide(
            RequestState state, HttpServletRequest request, HttpServletResponse response, List<RuleMatch> matches) {
        Optional<RuleDecision> made = decider.decide(state, request, matches, rules.defaultTier());
        made.ifPresent(decision -> state.turn().queue(decision.decision(), nanoTime.getAsLong()));
        headers.write(state.shown(), response);
        return made;
    }

    private Optional<RateLimitDenial> refusal(Optional<RuleDecision> made) {
        return made.map(RuleDecision::decision)
                .filter(decision -> !decision.allowed())
                .map(denials::of);
    }

    /** What cannot even be matched is a defect, of ours or of a wrapper; it must not be the way past every rule. */
    private List<RuleMatch> matches(RequestState state, HttpServletRequest request) {
        try {
            return state.matches(request, dispatched -> rules.match(dispatched, state.isEntry(dispatched)));
        } catch (RuntimeException defect) {
            errors.report(LimiterError.DECISION, "matching", defect);
            return rules.byAddress();
        }
    }

    private boolean isListed(Predicate<Requester> list, RequestState state) {
        try {
            return list.test(state.requester());
        } catch (RuntimeException defect) {
            errors.report(LimiterError.DECISION, "a list", defect);
            return false;
        }
    }

    private static List<RuleMatch> matches(HttpServletRequest request, List<Rule> asked) {
        Map<String, String> variables = pathVariables(request);
        return asked.stream()
                .map(rule -> new RuleMatch(rule, rule.key(), variables))
                .toList();
    }

    @SuppressWarnings("unchecked") // Spring MVC puts it there as such.
    private static Map<String, String> pathVariables(HttpServletRequest request) {
        Object variables = request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
        return variables instanceof Map<?, ?> map ? (Map<String, String>) map : Map.of();
    }
}
