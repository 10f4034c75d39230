package io.ratelimit.failover;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.FailurePolicy;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.Ticker;
import io.ratelimit.limit.Verdict;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/** Decides without the primary store, each limit by its failure policy; one that denies denies the whole. */
final class FailureDecider {
    private static final long RETRY_AFTER_MICROS = 1_000_000;

    private final LimitStore local;
    private final Ticker ticker;

    FailureDecider(LimitStore local, Ticker ticker) {
        this.local = local;
        this.ticker = ticker;
    }

    CompletionStage<Decision> decide(Operation operation) {
        if (operation instanceof Operation.Acquire acquire) {
            return decide(acquire.demands(), acquire.shadow(), Operation.Acquire::new);
        }
        if (operation instanceof Operation.Peek peek) {
            return decide(peek.demands(), peek.shadow(), Operation.Peek::new);
        }
        if (operation instanceof Operation.Charge charge) {
            return decide(charge.demands(), List.of(), (demands, none) -> new Operation.Charge(demands));
        }
        if (operation instanceof Operation.Reset reset) {
            return decide(reset.demands(), List.of(), (demands, none) -> new Operation.Reset(demands));
        }
        // The permits are in the store that failed: nothing here knows them.
        Operation.Refund refund = (Operation.Refund) operation;
        return completed(
                refund.grants().stream().map(grant -> admit(grant.demand())).toList(), List.of());
    }

    /** Answers that a demand is admitted, without counting it. */
    LimitDecision admit(Demand demand) {
        Limit limit = demand.limit();
        return new LimitDecision(demand, new Verdict(true, limit.capacity(), 0, 0, 0, now(limit)));
    }

    private CompletionStage<Decision> decide(
            List<Demand> enforced, List<Demand> shadow, BiFunction<List<Demand>, List<Demand>, Operation> operation) {
        if (enforced.stream().anyMatch(demand -> demand.onFailure() == FailurePolicy.DENY)) {
            return completed(enforced.stream().map(this::denyOrAdmit).toList(), List.of());
        }
        List<Demand> localEnforced = local(enforced);
        List<Demand> localShadow = local(shadow);
        if (localEnforced.isEmpty() && localShadow.isEmpty()) {
            return completed(
                    enforced.stream().map(this::admit).toList(),
                    shadow.stream().map(this::admit).toList());
        }
        return local.execute(operation.apply(localEnforced, localShadow))
                .thenApply(decision -> Decision.of(
                        Source.FALLBACK,
                        merge(enforced, decision.limits()),
                        decision.shadow().isEmpty() && !localShadow.isEmpty()
                                ? List.of()
                                : merge(shadow, decision.shadow())));
    }

    private List<Demand> local(List<Demand> demands) {
        return demands.stream()
                .filter(demand -> demand.onFailure() == FailurePolicy.LOCAL)
                .toList();
    }

    /** Puts the answers of the local store where they belong among those that the policy admits. */
    private List<LimitDecision> merge(List<Demand> demands, List<LimitDecision> answers) {
        Iterator<LimitDecision> next = answers.iterator();
        List<LimitDecision> merged = new ArrayList<>(demands.size());
        for (Demand demand : demands) {
            merged.add(demand.onFailure() == FailurePolicy.LOCAL ? next.next() : admit(demand));
        }
        return merged;
    }

    private LimitDecision denyOrAdmit(Demand demand) {
        if (demand.onFailure() != FailurePolicy.DENY) {
            return admit(demand);
        }
        Limit limit = demand.limit();
        long retryAfter = Math.max(1, RETRY_AFTER_MICROS / limit.tickUnit().micros());
        return new LimitDecision(demand, new Verdict(false, 0, retryAfter, 0, 0, now(limit)));
    }

    private long now(Limit limit) {
        return limit.tickUnit().fromMicros(ticker.epochMicros());
    }

    private static CompletionStage<Decision> completed(List<LimitDecision> limits, List<LimitDecision> shadow) {
        return CompletableFuture.completedFuture(Decision.of(Source.FAILURE_POLICY, limits, shadow));
    }
}
