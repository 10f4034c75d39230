package io.ratelimit.spring.web;

import io.ratelimit.identity.IdentityResolver;
import io.ratelimit.identity.Requester;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.Source;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one request over all its phases and dispatches. Kept in an attribute of the request.
 *
 * <p>A request is handled by one thread at a time, and the container hands it on safely; so this needs no locks.
 */
final class RequestState {
    private static final String ATTRIBUTE = RequestState.class.getName();

    private final HttpRequestView view;
    private final Requester requester;
    private final Set<String> asked = new HashSet<>();
    /** By identity, and not by decision: the same answer may come again as a part of another decision. */
    private final Set<LimitDecision> told = Collections.newSetFromMap(new IdentityHashMap<>());

    private final Reservations reservations = new Reservations();
    private final Turn turn = new Turn();
    private Standing standing = Standing.COUNTED;
    private @Nullable Decision shown;
    private @Nullable String matchedTarget;
    private @Nullable List<RuleMatch> matches;
    private @Nullable HttpServletResponse response;
    private @Nullable DispatcherType entry;

    /** How the request is treated as a whole. */
    enum Standing {
        /** Its rules are asked. */
        COUNTED,
        /** No rule is asked, because of who is asking; whether that is also somebody blocked may show later. */
        EXEMPT,
        /** Neither rules nor lists are asked. */
        EXCLUDED
    }

    private RequestState(HttpServletRequest request, IdentityResolver identities) {
        this.view = new HttpRequestView(request);
        this.requester = identities.requester(view);
    }

    /** Returns the state of a request, which begins with the first call. */
    static RequestState of(HttpServletRequest request, IdentityResolver identities) {
        RequestState state = find(request);
        if (state == null) {
            state = new RequestState(request, identities);
            request.setAttribute(ATTRIBUTE, state);
        }
        state.view.use(request);
        return state;
    }

    static @Nullable RequestState find(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof RequestState state ? state : null;
    }

    Requester requester() {
        return requester;
    }

    /** Returns whether the request has come to one of our filters before. */
    boolean hasEntered() {
        return response != null;
    }

    /** The request has come to the first of our filters: as it was sent, or as a filter before it forwarded it. */
    void enter(HttpServletRequest request, HttpServletResponse current) {
        response = current;
        entry = request.getDispatcherType();
    }

    /** Returns whether this is the dispatch with which the request came in, not one inside it. */
    boolean isEntry(HttpServletRequest request) {
        DispatcherType type = request.getDispatcherType();
        return entry == null ? type == DispatcherType.REQUEST : entry == type;
    }

    /** Returns the response whose headers tell about the decisions; {@code null} if no filter of ours saw the request. */
    @Nullable
    HttpServletResponse response() {
        return response;
    }

    /** Returns whether no rule is asked. */
    boolean isFree() {
        return standing != Standing.COUNTED;
    }

    boolean isExcluded() {
        return standing == Standing.EXCLUDED;
    }

    void exempt() {
        standing = Standing.EXEMPT;
    }

    void exclude() {
        standing = Standing.EXCLUDED;
    }

    /** Returns the rules that match, found anew when a dispatch or a filter has changed what is asked for. */
    List<RuleMatch> matches(HttpServletRequest request, Function<HttpServletRequest, List<RuleMatch>> matcher) {
        String target = request.getDispatcherType() + " " + request.getMethod() + " " + RequestPaths.pathOf(request);
        if (matches == null || !target.equals(matchedTarget)) {
            matches = matcher.apply(request);
            matchedTarget = target;
        }
        return matches;
    }

    /** Returns those of the rules that have not been asked for this request. */
    List<RuleMatch> unasked(List<RuleMatch> matches) {
        return matches.stream()
                .filter(match -> !asked.contains(match.rule().id()))
                .toList();
    }

    void asked(RuleMatch match) {
        asked.add(match.rule().id());
    }

    /**
     * Adds to what the client is told what is new in a decision. What a failure policy says counts nothing, so it tells
     * nothing.
     */
    void add(Decision decision) {
        List<LimitDecision> limits = untold(decision.limits());
        List<LimitDecision> shadow = untold(decision.shadow());
        if (limits.isEmpty()) {
            return;
        }
        Decision added = Decision.of(limits, shadow);
        if (!added.source().equals(Source.FAILURE_POLICY)) {
            shown = shown == null ? added : shown.followedBy(added);
        }
    }

    private List<LimitDecision> untold(List<LimitDecision> answers) {
        return answers.stream().filter(told::add).toList();
    }

    /** Returns the decision over all phases so far; {@code null} if no limit was counted. */
    @Nullable
    Decision shown() {
        return shown;
    }

    Reservations reservations() {
        return reservations;
    }

    Turn turn() {
        return turn;
    }
}
