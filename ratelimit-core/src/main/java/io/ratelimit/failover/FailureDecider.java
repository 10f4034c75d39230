package io.ratelimit.failover;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.FailurePolicy;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.Ticker;
import io.ratelimit.store.Operation;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/**
 * Decides without the primary store, each limit by its failure policy. One that denies denies the whole of what asks for
 * permits; a charge, a refund and a reset are never denied.
 *
 * <p>Safe for any number of threads.
 */
final class FailureDecider {
    private final Fallback fallback;
    private final Ticker ticker;

    FailureDecider(Fallback fallback, Ticker ticker) {
        this.fallback = fallback;
        this.ticker = ticker;
    }

    Decision decide(Operation operation) {
        return switch (operation.kind()) {
            case ACQUIRE, PEEK -> byPolicies(operation);
            case CHARGE -> inAnyCase(operation.demands(), fallback::charge);
            case RESET -> inAnyCase(operation.demands(), fallback::reset);
            // The permits are in the store that failed: nothing here knows them.
            case REFUND -> Decision.of(admit(operation.demands()), List.of());
        };
    }

    /** Answers that a demand is admitted, without counting it. */
    LimitDecision admit(Demand demand) {
        return LimitDecision.admittedByPolicy(demand, ticker.epochMicros());
    }

    private List<LimitDecision> admit(List<Demand> demands) {
        return demands.stream().map(this::admit).toList();
    }

    private Decision byPolicies(Operation operation) {
        List<Demand> enforced = operation.demands();
        List<Demand> shadow = operation.shadow();
        if (enforced.stream().anyMatch(demand -> demand.onFailure() == FailurePolicy.DENY)) {
            return Decision.of(enforced.stream().map(this::denyOrAdmit).toList(), List.of());
        }
        List<Demand> localEnforced = local(enforced);
        List<Demand> localShadow = local(shadow);
        if (localEnforced.isEmpty() && localShadow.isEmpty()) {
            return Decision.of(admit(enforced), admit(shadow));
        }
        Decision decision = fallback.decide(operation.kind(), localEnforced, localShadow);
        boolean shadowAsked = decision.allowed()
                && (localShadow.isEmpty() || !decision.shadow().isEmpty());
        return Decision.of(
                merge(enforced, decision.limits()), shadowAsked ? merge(shadow, decision.shadow()) : List.of());
    }

    /** What has happened is taken, and what is to be forgotten is forgotten: no policy denies it. */
    private Decision inAnyCase(List<Demand> demands, Function<List<Demand>, Decision> fallbackDecides) {
        List<Demand> local = local(demands);
        return local.isEmpty()
                ? Decision.of(admit(demands), List.of())
                : Decision.of(merge(demands, fallbackDecides.apply(local).limits()), List.of());
    }

    private static List<Demand> local(List<Demand> demands) {
        return demands.stream()
                .filter(demand -> demand.onFailure() == FailurePolicy.LOCAL)
                .toList();
    }

    /** Puts the answers of the fallback where they belong among those that the policy admits. */
    private List<LimitDecision> merge(List<Demand> demands, List<LimitDecision> answers) {
        Iterator<LimitDecision> next = answers.iterator();
        List<LimitDecision> merged = new ArrayList<>(demands.size());
        for (Demand demand : demands) {
            merged.add(demand.onFailure() == FailurePolicy.LOCAL ? next.next() : admit(demand));
        }
        return merged;
    }

    private LimitDecision denyOrAdmit(Demand demand) {
        return LimitDecision.byPolicy(demand, ticker.epochMicros());
    }
}
