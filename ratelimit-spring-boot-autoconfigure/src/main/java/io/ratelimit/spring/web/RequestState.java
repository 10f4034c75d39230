package io.ratelimit.spring.web;

import io.ratelimit.RuleDecision.PerRule;
import io.ratelimit.identity.Identity;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.identity.Requester;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.Source;
import io.ratelimit.spring.web.RequestExplanation.Standing;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the {@link RequestGate} knows of one request over all its phases and dispatches. A front keeps it with the request and
 * hands it back.
 *
 * <p>A request is handled by one thread at a time, and fronts hand it on safely; so this needs no locks.
 */
public final class RequestState {
    private final WebRequest request;
    private final Requester requester;
    private final RuleBook rules;
    private List<String> asked = List.of();
    private final @Nullable StatusCounts statusCounts;
    private final Turn turn = new Turn();
    private Standing standing = Standing.LIMITED;
    private @Nullable Decision shown;
    private long shownMicros;
    private @Nullable Object matchedTarget;
    private List<RuleMatch> matches = List.of();
    private List<RuleMatch> entered = List.of();
    private @Nullable Identity lastIdentity;
    private String lastDigest = "";
    private @Nullable Runnable giveUp;
    private List<PerRule> provisional = List.of();
    private @Nullable Decision shownWithoutProvisional;
    private long shownMicrosWithoutProvisional;
    private boolean endsEarly = true;
    private boolean complete;

    RequestState(WebRequest request, Requester requester, RuleBook rules) {
        this.request = request;
        this.requester = requester;
        this.rules = rules;
        this.statusCounts = rules.countsStatuses() ? new StatusCounts() : null;
    }

    /** Returns the request. */
    public WebRequest request() {
        return request;
    }

    /** Returns whether no rule is asked. */
    public boolean isFree() {
        return standing != Standing.LIMITED;
    }

    /** Returns whether the front has to tell the {@link RequestGate#complete final status} of the response. */
    public boolean needsCompletion() {
        return !isFree() && (statusCounts != null || hasLateRules());
    }

    /** Returns whether rules apply that are decided behind what authenticates, which may answer the request itself. */
    private boolean hasLateRules() {
        for (int i = 0; i < matches.size(); i++) {
            if (!wasAsked(matches.get(i))) {
                return true;
            }
        }
        return false;
    }

    Requester requester() {
        return requester;
    }

    /** Returns the rules that were in force when the request came in, and are until it ends. */
    RuleBook rules() {
        return rules;
    }

    Standing standing() {
        return standing;
    }

    void treatAs(Standing treatment) {
        standing = treatment;
    }

    /** Returns the rules that match, found anew when something on the way has changed what is asked for. */
    List<RuleMatch> matches() {
        Object target = request.target();
        if (!target.equals(matchedTarget)) {
            matches = rules.match(request);
            matchedTarget = target;
            if (!request.isInnerDispatch()) {
                entered = matches;
            }
        }
        return matches;
    }

    /** Returns the rules that matched the request as it came in, wherever inside the application it has gone since. */
    List<RuleMatch> entered() {
        return entered;
    }

    boolean wasAsked(RuleMatch match) {
        return asked.contains(match.rule().id());
    }

    /** Notes that a rule is asked now. Returns whether it was not before. */
    boolean ask(RuleMatch match) {
        if (wasAsked(match)) {
            return false;
        }
        if (asked.isEmpty()) {
            asked = List.of(match.rule().id());
        } else {
            asked = new ArrayList<>(asked);
            asked.add(match.rule().id());
        }
        return true;
    }

    /** Returns the digest of an identity; most requests are counted under one. */
    String digest(Identity identity, IdentityDigest digests) {
        if (!identity.equals(lastIdentity)) {
            lastDigest = digests.of(identity);
            lastIdentity = identity;
        }
        return lastDigest;
    }

    /**
     * Adds to what the client is told what is new in a decision. What a failure policy says counts nothing, so it tells
     * nothing.
     *
     * @param askedMicros the application's clock when it was asked for, in microseconds since the epoch
     */
    void add(Decision decision, long askedMicros) {
        if (decision.limits().isEmpty()) {
            return;
        }
        Decision before = shown;
        if (before == null) {
            shown = decision.source().equals(Source.FAILURE_POLICY) ? null : decision;
            shownMicros = askedMicros;
            return;
        }
        // By identity: the same answer may come again as a part of another decision.
        Set<LimitDecision> told = Collections.newSetFromMap(new IdentityHashMap<>());
        told.addAll(before.limits());
        List<LimitDecision> fresh = new ArrayList<>(decision.limits());
        fresh.removeIf(told::contains);
        if (!fresh.isEmpty()) {
            Decision added = Decision.of(fresh, List.of());
            Decision all = added.source().equals(Source.FAILURE_POLICY) ? before : before.followedBy(added);
            shownMicros = all.binding().equals(before.binding()) ? shownMicros : askedMicros;
            shown = all;
        }
    }

    /** Returns the application's clock when the limit was asked that binds, in microseconds since the epoch. */
    long shownMicros() {
        return shownMicros;
    }

    /** Returns the decision over all phases so far; {@code null} if no limit was counted. */
    @Nullable
    Decision shown() {
        return shown;
    }

    /** Returns the permits that count by status; {@code null} if no rule counts so. */
    @Nullable
    StatusCounts statusCounts() {
        return statusCounts;
    }

    /** Keeps what was decided for rules of the later phase before it. The client is told so far what holds without them. */
    void decideProvisionally(List<PerRule> rules) {
        provisional = rules;
        shownWithoutProvisional = shown;
        shownMicrosWithoutProvisional = shownMicros;
    }

    /** Returns what was decided for rules of the later phase before it. */
    List<PerRule> provisional() {
        return provisional;
    }

    /** The request has come to the later phase. Returns what was decided for it before, which holds no longer. */
    List<PerRule> enterLatePhase() {
        List<PerRule> ended = provisional;
        endsEarly = false;
        if (!ended.isEmpty()) {
            provisional = List.of();
            shown = shownWithoutProvisional;
            shownMicros = shownMicrosWithoutProvisional;
        }
        return ended;
    }

    /** The request is refused: whatever its response is, it is ours. */
    void refuse() {
        endsEarly = false;
    }

    /** Returns whether the response is given, as far as is known, by what authenticates. */
    boolean endsEarly() {
        return endsEarly;
    }

    /** The response has its status. Returns whether this is told for the first time. */
    boolean complete() {
        boolean first = !complete;
        complete = true;
        return first;
    }

    Turn turn() {
        return turn;
    }

    /** Notes what ends a wait for a store that breaks its promise. */
    void onGiveUp(Runnable action) {
        giveUp = action;
    }

    /** Lets the failure policies decide what the request waits for, if anything. */
    public void giveUp() {
        Runnable action = giveUp;
        if (action != null) {
            action.run();
        }
    }
}
