package io.ratelimit.spring.web;

import io.ratelimit.RuleDecision;
import io.ratelimit.RuleLimiter;
import io.ratelimit.identity.AccessLists;
import io.ratelimit.identity.Identity;
import io.ratelimit.identity.IdentityResolver;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Ticker;
import io.ratelimit.rule.Phase;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.rule.RulesInForce;
import io.ratelimit.spring.decision.Decisions;
import io.ratelimit.spring.decision.LimiterError;
import io.ratelimit.spring.decision.LimiterErrors;
import io.ratelimit.spring.web.RequestExplanation.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Decides about a request at each point that it comes through, whatever front it came in by: the phases before and after
 * authentication, the handler, the application.
 *
 * <p>A front makes a {@link RequestState} of each request with {@link #arrive} and keeps it with the request. It calls {@link
 * #enter} for the phases it knows of, does what the {@link GateAnswer} says, and tells the final status by {@link #complete}.
 *
 * <p>Safe for any number of threads. Never waits, and no stage that it returns fails.
 */
public final class RequestGate {
    private final IdentityResolver identities;
    private final AccessLists lists;
    private final WebSettings settings;
    private final ExcludedPaths excluded;
    private final Decisions decisions;
    private final RuleDemands demands;
    private final LateRules lateRules;
    private final Denials denials;
    private final LimiterErrors errors;
    private final LongSupplier nanoTime;
    private final Ticker ticker;
    private final String everybody;
    private volatile RuleBook rules;

    RequestGate(RequestGateBuilder builder) {
        this.identities = builder.identities;
        this.lists = builder.lists;
        this.settings = builder.settings;
        this.excluded = new ExcludedPaths(settings.exclude());
        this.nanoTime = builder.nanoTime;
        this.ticker = builder.ticker;
        this.errors = new LimiterErrors(builder.errorListener, nanoTime);
        RuleExpressions expressions = new RuleExpressions();
        Owners owners = new Owners(builder.digest, builder.keys, expressions, errors);
        this.decisions = new Decisions(() -> builder.limiter, ticker, errors);
        this.demands = new RuleDemands(owners, new Costs(expressions, errors), settings.mode());
        this.everybody = builder.digest.of(Identity.global());
        this.lateRules = new LateRules(demands, decisions, new EndedEarly(nanoTime));
        this.denials = new Denials(new RetryAfter(
                settings.retryAfterJitter(),
                settings.maxRetryAfter(),
                () -> ThreadLocalRandom.current().nextDouble()));
        Function<RuleSet, RuleBook> prepare = all -> new RuleBook(all, settings.sensitivity(), expressions, owners);
        this.rules = prepare.apply(builder.rules.rules());
        builder.rules.onChange(changed -> {
            RuleBook prepared = prepare.apply(changed);
            return () -> rules = prepared;
        });
    }

    /**
     * Starts with what is always needed.
     *
     * @param limiter decides
     * @param rules the rules in force
     * @param identities tells who is asking
     */
    public static RequestGateBuilder builder(RuleLimiter limiter, RulesInForce rules, IdentityResolver identities) {
        return new RequestGateBuilder(limiter, rules, identities);
    }

    /** Returns what is the same for all rules. */
    public WebSettings settings() {
        return settings;
    }

    /** Returns what is told of failures around requests. */
    public LimiterErrors errors() {
        return errors;
    }

    /** Returns whether an owner of counters stands for all requests, as under the key {@code global}. */
    public boolean isEverybody(String owner) {
        return owner.equals(everybody);
    }

    /** Returns the names of all headers that may be written to a limited response. */
    public List<String> headerNames() {
        return QuotaHeaders.names(settings.headers());
    }

    /** Returns the state of a request that comes in. The rules in force now are its rules until it ends. */
    public RequestState arrive(WebRequest request) {
        RequestState state = begin(request);
        if (excluded.contain(request)) {
            state.treatAs(Standing.EXCLUDED);
        }
        return state;
    }

    /** Returns the state of a request that is met inside the application, or that nobody has made. */
    public RequestState begin(WebRequest request) {
        return new RequestState(request, identities.requester(request), rules);
    }

    /**
     * Decides the rules of the request's path and method, as one.
     *
     * @param phases which of them: the early ones alone, or all that have not been asked
     */
    public CompletionStage<GateAnswer> enter(RequestState state, Set<Phase> phases) {
        boolean late = phases.contains(Phase.AFTER_AUTHENTICATION);
        boolean inner = state.request().isInnerDispatch();
        if (late && !inner) {
            lateRules.giveBack(state);
        }
        if (!inner && state.standing() != Standing.EXCLUDED) {
            // Of the exempt too: from an exempt address, the user may be blocked, who is known in a later phase only.
            if (isBlocked(state)) {
                state.refuse();
                return completed(new GateAnswer.Denied(Denials.blocked(), headers(state)));
            }
            if (isExempt(state)) {
                state.treatAs(Standing.EXEMPT);
            }
        }
        if (state.isFree()) {
            return completed(GateAnswer.Admitted.UNCOUNTED);
        }
        List<RuleMatch> matches = matches(state);
        if (late) {
            return decide(state, demands.unasked(state, matches), 0);
        }
        List<RuleDemand> early = demands.unasked(state, early(state, matches));
        List<RuleDemand> due = inner ? List.of() : lateRules.due(state, matches);
        if (due.isEmpty()) {
            return decide(state, early, 0);
        }
        List<RuleDemand> all = new ArrayList<>(early);
        all.addAll(due);
        return decide(state, all, due.size());
    }

    /** Decides the rules of the handler that is about to run, as one. */
    public CompletionStage<GateAnswer> enterHandler(RequestState state, List<Rule> handlerRules) {
        return state.isFree() || handlerRules.isEmpty()
                ? completed(answer(state))
                : decide(state, demands.unasked(state, matches(state, handlerRules)), 0);
    }

    /**
     * Decides rules that the application itself asks about the request, those that have not been asked for it, as one.
     *
     * @return the decision; empty if there was nothing to ask
     */
    public CompletionStage<Optional<RuleDecision>> acquire(RequestState state, List<Rule> asked) {
        List<RuleDemand> unasked = state.isFree() ? List.of() : demands.unasked(state, matches(state, asked));
        if (unasked.isEmpty()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        long askedMicros = ticker.epochMicros();
        return ask(state, unasked).thenApply(made -> {
            add(state, made, askedMicros);
            return Optional.of(made);
        });
    }

    /** Returns what to ask of a rule for a request, without noting that it was; empty if the rule does not limit it. */
    public Optional<RuleDemand> demand(RequestState state, Rule rule) {
        return state.isFree() ? Optional.empty() : demands.of(state, match(state, rule));
    }

    /** Returns the answer to a request that is refused by a decision that the application has asked for. */
    public GateAnswer.Denied refuse(RequestState state, Decision denied) {
        state.add(denied, ticker.epochMicros());
        state.refuse();
        return new GateAnswer.Denied(denials.of(denied), headers(state));
    }

    /**
     * Refuses an admitted request that has nowhere to wait for its turn, and gives back what its places cost.
     *
     * @throws IllegalStateException if the request does not wait
     */
    public GateAnswer.Denied turnAway(RequestState state) {
        Turn.Place place = state.turn().end();
        if (place == null) {
            throw new IllegalStateException("The request does not wait for its turn");
        }
        StatusCounts counts = state.statusCounts();
        if (counts != null) {
            counts.forget(place.grants());
        }
        state.refuse();
        decisions.refund(place.grants());
        return new GateAnswer.Denied(
                denials.ofQueued(place.decision(), place.remaining(nanoTime.getAsLong())), headers(state));
    }

    /** Notes that the request waits no longer, or is held until it is its turn. */
    public void takeTurn(RequestState state) {
        state.turn().end();
    }

    /**
     * Tells the final status of a response: permits that do not count with it are given back. Only the first call has an
     * effect.
     */
    public void complete(RequestState state, int status) {
        if (!state.complete()) {
            return;
        }
        StatusCounts counts = state.statusCounts();
        if (counts != null) {
            decisions.refund(counts.settle(status));
        }
        if (state.endsEarly() && !state.isFree()) {
            lateRules.charge(state, status);
        }
    }

    /** Returns what the client is told about its quota, by all decisions so far. */
    public QuotaHeaders headers(RequestState state) {
        Decision shown = state.shown();
        return shown == null ? QuotaHeaders.NOTHING : new QuotaHeaders(settings.headers(), shown, state.shownMicros());
    }

    /** Tells what would become of a request that nobody has made, and charges nothing for it. */
    public RequestExplanation explain(WebRequest request) {
        RequestState state = begin(request);
        Standing standing = excluded.contain(request)
                ? Standing.EXCLUDED
                : lists.isBlocked(state.requester())
                        ? Standing.BLOCKED
                        : lists.isExempt(state.requester()) ? Standing.EXEMPT : Standing.LIMITED;
        return new RequestExplanation(
                standing,
                standing == Standing.LIMITED
                        ? matches(state).stream()
                                .map(match -> demands.explain(state, match))
                                .toList()
                        : List.of());
    }

    /**
     * Asks what is left to ask, and notes in the state what follows.
     *
     * @param due how many of the demands, the last ones, belong to a later phase
     */
    private CompletionStage<GateAnswer> decide(RequestState state, List<RuleDemand> asked, int due) {
        if (asked.isEmpty()) {
            return completed(answer(state));
        }
        // Before the store's own instant, so that what it says to end on a full second is not told as the next one.
        long now = ticker.epochMicros();
        CompletableFuture<RuleDecision> decision = ask(state, asked);
        return decision.isDone()
                ? completed(note(state, decision.join(), due, now))
                : decision.thenApply(made -> note(state, made, due, now));
    }

    private CompletableFuture<RuleDecision> ask(RequestState state, List<RuleDemand> asked) {
        CompletableFuture<RuleDecision> decision = decisions.ask(asked);
        if (!decision.isDone()) {
            state.onGiveUp(() -> decisions.giveUp(decision, asked));
        }
        return decision;
    }

    private GateAnswer note(RequestState state, RuleDecision made, int due, long askedMicros) {
        Decision decision = made.decision();
        Decision own = due > 0 && decision.allowed() ? LateRules.keep(state, made, due, askedMicros) : decision;
        add(state, made, askedMicros);
        if (!decision.allowed()) {
            state.refuse();
            return new GateAnswer.Denied(denials.of(decision), headers(state));
        }
        if (own != null) {
            state.turn().queue(own, nanoTime.getAsLong());
        }
        return answer(state);
    }

    private static void add(RequestState state, RuleDecision made, long askedMicros) {
        state.add(made.decision(), askedMicros);
        StatusCounts counts = state.statusCounts();
        if (counts != null) {
            counts.add(made);
        }
    }

    private GateAnswer answer(RequestState state) {
        Turn.Place place = state.turn().place();
        if (place != null) {
            return new GateAnswer.Waiting(place.remaining(nanoTime.getAsLong()), place.decision(), headers(state));
        }
        return state.shown() == null ? GateAnswer.Admitted.UNCOUNTED : new GateAnswer.Admitted(headers(state));
    }

    private static List<RuleMatch> early(RequestState state, List<RuleMatch> matches) {
        List<RuleMatch> early = new ArrayList<>(matches.size());
        for (int i = 0; i < matches.size(); i++) {
            RuleMatch match = matches.get(i);
            if (RuleBook.phaseOf(match, state.requester()) == Phase.BEFORE_AUTHENTICATION) {
                early.add(match);
            }
        }
        return early;
    }

    /** What cannot even be matched is a defect, of ours or of a wrapper; it must not be the way past any rule. */
    private List<RuleMatch> matches(RequestState state) {
        try {
            return state.matches();
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError defect) {
            errors.report(LimiterError.DECISION, "matching", defect);
            return state.rules().strictest();
        }
    }

    private boolean isBlocked(RequestState state) {
        try {
            return lists.isBlocked(state.requester());
        } catch (RuntimeException defect) {
            errors.report(LimiterError.DECISION, "a list", defect);
            return false;
        }
    }

    private boolean isExempt(RequestState state) {
        try {
            return lists.isExempt(state.requester());
        } catch (RuntimeException defect) {
            errors.report(LimiterError.DECISION, "a list", defect);
            return false;
        }
    }

    private static List<RuleMatch> matches(RequestState state, List<Rule> asked) {
        List<RuleMatch> matches = new ArrayList<>(asked.size());
        for (Rule rule : asked) {
            matches.add(match(state, rule));
        }
        return matches;
    }

    private static RuleMatch match(RequestState state, Rule rule) {
        return new RuleMatch(rule, rule.key(), state.request().pathVariables());
    }

    private static <T> CompletionStage<T> completed(T value) {
        return CompletableFuture.completedFuture(value);
    }
}
