package io.ratelimit.failover;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.Ticker;
import io.ratelimit.limit.Verdict;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides in this process while the store cannot, so that an outage gives nobody a fresh quota: a key may use this
 * instance's share, and until its reset no more than the store last said remained. What is admitted is noted as a debt.
 */
final class Fallback {
    private static final Logger log = LoggerFactory.getLogger(Fallback.class);

    private final MemoryStore counters;
    private final LastDecisions last;
    private final Shares shares;
    private final Debts debts;
    private final Ticker ticker;

    Fallback(MemoryStore counters, LastDecisions last, Shares shares, Debts debts, Ticker ticker) {
        this.counters = counters;
        this.last = last;
        this.shares = shares;
        this.debts = debts;
        this.ticker = ticker;
    }

    /** Notes what was admitted without the store's knowledge. */
    void owe(Decision admitted) {
        for (Grant grant : admitted.grants()) {
            if (grant.source().equals(Source.FALLBACK)) {
                debts.note(grant);
            }
        }
    }

    Decision charge(List<Demand> demands) {
        return answer(counters.decide(new Operation.Charge(each(demands, this::local))), demands, List.of());
    }

    Decision reset(List<Demand> demands) {
        List<Key> keys = demands.stream().map(Demand::key).toList();
        debts.forget(keys);
        last.forget(keys);
        return answer(counters.decide(new Operation.Reset(demands)), demands, List.of());
    }

    /** Returns whether what was admitted is still counted here: once the store knows it, it is forgotten. */
    boolean holds(Demand demand) {
        Decision state = counters.decide(Operation.Peek.of(local(demand.withCost(1))));
        return !state.resetAfter().isZero();
    }

    /** Gives back what this fallback took. */
    Decision refund(List<Grant> grants) {
        grants.forEach(debts::forgive);
        return Decision.of(grants.stream().map(this::refund).toList(), List.of());
    }

    /** Of a cost that was cut to the share, as much goes back as taking only the rest would have left here. */
    private LimitDecision refund(Grant grant) {
        Demand demand = grant.demand();
        Demand taken = local(demand.withCost(demand.cost() + grant.kept()));
        long kept = grant.kept() == 0 ? 0 : local(demand.withCost(grant.kept())).cost();
        long returned = taken.cost() - kept;
        if (returned == 0) {
            Verdict seen =
                    counters.decide(Operation.Peek.of(taken)).limits().get(0).verdict();
            Verdict unchanged = new Verdict(true, seen.remaining(), 0, seen.resetAfter(), 0, seen.at());
            return new LimitDecision(demand, unchanged, Source.FALLBACK);
        }
        Grant local = new Grant(taken.withCost(returned), grant.takenAt(), grant.source());
        return restated(counters.decide(new Operation.Refund(List.of(local))).limits(), List.of(demand))
                .get(0);
    }

    /**
     * Forgets what keys used up to a charge that the store has taken: from then on its word counts, and beside it only what
     * was admitted while the charge was on its way.
     */
    void settled(Decision charged) {
        last.record(charged);
        for (LimitDecision limit : charged.limits()) {
            Demand demand = limit.demand();
            Decision kept = counters.decide(new Operation.Reset(List.of(demand)));
            Demand owed = debts.of(demand.key());
            if (owed != null) {
                kept = counters.decide(Operation.Charge.of(local(owed)));
            }
            log.trace("Settled: {}", kept);
        }
    }

    /** Acquires or peeks. */
    Decision decide(Operation.Kind kind, List<Demand> demands, List<Demand> shadow) {
        if (demands.stream().anyMatch(this::isSpent)) {
            return deniedBySpent(demands);
        }
        List<Demand> asked = shadow.stream().anyMatch(this::isSpent) ? List.of() : shadow;
        if (demands.isEmpty() && asked.isEmpty()) {
            return Decision.of(List.of(), each(shadow, this::spentOrPeeked));
        }
        List<Demand> localDemands = each(demands, this::local);
        List<Demand> localShadow = each(asked, this::local);
        Decision local = counters.decide(
                kind == Operation.Kind.PEEK
                        ? new Operation.Peek(localDemands, localShadow)
                        : new Operation.Acquire(localDemands, localShadow));
        Decision answer = answer(local, demands, asked);
        boolean shadowDenied = answer.allowed() && asked.size() < shadow.size();
        return shadowDenied ? Decision.of(answer.limits(), each(shadow, this::spentOrPeeked)) : answer;
    }

    private Decision deniedBySpent(List<Demand> demands) {
        return Decision.of(each(demands, this::spentOrPeeked), List.of());
    }

    private LimitDecision spentOrPeeked(Demand demand) {
        LastDecisions.@Nullable Remaining seen = last.of(demand.key());
        if (seen == null || !isBeyond(demand, seen)) {
            Decision peeked = counters.decide(Operation.Peek.of(local(demand)));
            return new LimitDecision(demand, peeked.limits().get(0).verdict(), Source.FALLBACK);
        }
        long tick = demand.limit().tickUnit().micros();
        long now = ticker.epochMicros();
        long wait = Math.max(1, -Math.floorDiv(now - seen.untilMicros(), tick));
        return new LimitDecision(
                demand, new Verdict(false, 0, wait, wait, 0, Math.floorDiv(now, tick)), Source.FALLBACK);
    }

    private boolean isSpent(Demand demand) {
        LastDecisions.@Nullable Remaining seen = last.of(demand.key());
        return seen != null && isBeyond(demand, seen);
    }

    /** What is more than the store said remained has to wait for the key's reset, however large this instance's share. */
    private boolean isBeyond(Demand demand, LastDecisions.Remaining seen) {
        return demand.cost() <= demand.limit().capacity()
                && Math.min(demand.cost(), shares.of(demand.limit()).capacity()) > seen.permits();
    }

    /** The demand in this instance's terms: its share, at most what remained, and a cost that fits; what never does stays. */
    private Demand local(Demand demand) {
        Limit share = shares.of(demand.limit());
        LastDecisions.@Nullable Remaining seen = last.of(demand.key());
        Limit limit = seen == null ? share : Shares.capped(share, Math.max(1, seen.permits()));
        boolean never = demand.cost() > demand.limit().capacity();
        long cost = never ? demand.cost() : Math.min(demand.cost(), share.capacity());
        return new Demand(demand.key(), limit, cost, demand.onFailure());
    }

    /** The answer in the terms in which it was asked. */
    private static Decision answer(Decision local, List<Demand> demands, List<Demand> shadow) {
        return Decision.of(
                restated(local.limits(), demands),
                local.shadow().isEmpty() ? List.of() : restated(local.shadow(), shadow));
    }

    private static List<LimitDecision> restated(List<LimitDecision> answers, List<Demand> demands) {
        List<LimitDecision> restated = new ArrayList<>(answers.size());
        for (int i = 0; i < answers.size(); i++) {
            restated.add(new LimitDecision(demands.get(i), answers.get(i).verdict(), Source.FALLBACK));
        }
        return restated;
    }

    private static <T> List<T> each(List<Demand> demands, Function<Demand, T> step) {
        return demands.stream().map(step).toList();
    }
}
