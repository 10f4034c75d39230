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
        if (operation instanceof Operation.Acquire acquire) {
            return decide(acquire.demands(), acquire.shadow(), fallback::acquire);
        }
        if (operation instanceof Operation.Peek peek) {
            return decide(peek.demands(), peek.shadow(), fallback::peek);
        }
        if (operation instanceof Operation.Charge charge) {
            return inAnyCase(charge.demands(), fallback::charge);
        }
        if (operation instanceof Operation.Reset reset) {
            return inAnyCase(reset.demands(), fallback::reset);
        }
        // The permits are in the store that failed: nothing here knows them.
        Operation.Refund refund = (Operation.Refund) operation;
        return byPolicy(
                refund.grants().stream().map(grant -> admit(grant.demand())).toList(), List.of());
    }

    /** Answers that a demand is admitted, without counting it. */
    LimitDecision admit(Demand demand) {
        return LimitDecision.admittedByPolicy(demand, ticker.epochMicros());
    }

    private interface Local {
        Decision decide(List<Demand> demands, List<Demand> shadow);
    }

    private Decision decide(List<Demand> enforced, List<Demand> shadow, Local fallbackDecides) {
        if (enforced.stream().anyMatch(demand -> demand.onFailure() == FailurePolicy.DENY)) {
            return byPolicy(enforced.stream().map(this::denyOrAdmit).toList(), List.of());
        }
        List<Demand> localEnforced = local(enforced);
        List<Demand> localShadow = local(shadow);
        if (localEnforced.isEmpty() && localShadow.isEmpty()) {
            return byPolicy(
                    enforced.stream().map(this::admit).toList(),
                    shadow.stream().map(this::admit).toList());
        }
        Decision decision = fallbackDecides.decide(localEnforced, localShadow);
        boolean shadowAsked = decision.allowed()
                && (localShadow.isEmpty() || !decision.shadow().isEmpty());
        return Decision.of(
                merge(enforced, decision.limits()), shadowAsked ? merge(shadow, decision.shadow()) : List.of());
    }

    /** What has happened is taken, and what is to be forgotten is forgotten: no policy denies it. */
    private Decision inAnyCase(List<Demand> demands, Function<List<Demand>, Decision> fallbackDecides) {
        List<Demand> local = local(demands);
        return local.isEmpty()
                ? byPolicy(demands.stream().map(this::admit).toList(), List.of())
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

    private static Decision byPolicy(List<LimitDecision> limits, List<LimitDecision> shadow) {
        return Decision.of(limits, shadow);
    }
}
