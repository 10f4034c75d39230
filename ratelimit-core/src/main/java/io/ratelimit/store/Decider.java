package io.ratelimit.store;

import io.ratelimit.algorithm.LimitAlgorithm;
import io.ratelimit.algorithm.Transition;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Carries out operations over a table of counters: looks at all counters of one first, then changes all or none.
 *
 * <p>What a store in memory and one that is replicated have in common: each has a table of its own, guards it, and tells the
 * time. The decision says what was taken ({@link Decision#grants}). Immutable and safe for any number of threads.
 */
public final class Decider {
    private final Source source;
    private final Function<Algorithm, LimitAlgorithm<?>> arithmetic;

    private Decider(Source source, Function<Algorithm, LimitAlgorithm<?>> arithmetic) {
        this.source = source;
        this.arithmetic = arithmetic;
    }

    /**
     * Returns a decider that counts exactly.
     *
     * @param source what its decisions say they come from
     */
    public static Decider exact(Source source) {
        return new Decider(source, LimitAlgorithm::of);
    }

    /** Returns a decider whose states are of bounded size: see {@link LimitAlgorithm#bounded}. */
    public static Decider bounded(Source source) {
        return new Decider(source, LimitAlgorithm::bounded);
    }

    /**
     * Carries out an operation at one instant.
     *
     * @param table guarded by the caller until this returns
     * @param nowMicros the instant, in microseconds since the epoch
     * @return the decision; of a charge, a refund or a reset one that is allowed
     */
    public Decision decide(Operation operation, CounterTable table, long nowMicros) {
        List<LimitDecision> limits = ask(operation, operation.demands(), table, nowMicros);
        boolean shadowAsked = !operation.shadow().isEmpty() && allAllow(limits);
        return Decision.of(limits, shadowAsked ? ask(operation, operation.shadow(), table, nowMicros) : List.of());
    }

    private List<LimitDecision> ask(Operation operation, List<Demand> demands, CounterTable table, long nowMicros) {
        return switch (operation.kind()) {
            case ACQUIRE -> takeAllOrNone(demands, table, nowMicros);
            case PEEK -> peek(demands, table, nowMicros);
            case CHARGE -> each(demands, demand -> charge(demand, table, nowMicros));
            case RESET -> each(demands, demand -> reset(demand, table, nowMicros));
            case REFUND -> each(((Operation.Refund) operation).grants(), grant -> refund(grant, table, nowMicros));
        };
    }

    private List<LimitDecision> takeAllOrNone(List<Demand> demands, CounterTable table, long nowMicros) {
        if (demands.size() == 1) {
            return List.of(take(demands.get(0), table, nowMicros));
        }
        // Each state is read once: to make room for one counter may change what is found for another.
        List<Transition<Object>> transitions = new ArrayList<>(demands.size());
        boolean allowed = true;
        for (Demand demand : demands) {
            Limit limit = demand.limit();
            transitions.add(
                    algorithm(limit).acquire(table.state(demand.key()), limit, now(limit, nowMicros), demand.cost()));
            allowed =
                    allowed && transitions.get(transitions.size() - 1).verdict().allowed();
        }
        if (!allowed) {
            for (int i = 0; i < transitions.size(); i++) {
                noteDenial(demands.get(i), transitions.get(i), table);
            }
            return peek(demands, table, nowMicros);
        }
        List<LimitDecision> taken = new ArrayList<>(demands.size());
        for (int i = 0; i < transitions.size(); i++) {
            taken.add(keep(demands.get(i), transitions.get(i), table));
        }
        return taken;
    }

    private LimitDecision take(Demand demand, CounterTable table, long nowMicros) {
        Limit limit = demand.limit();
        Transition<Object> transition =
                algorithm(limit).acquire(table.state(demand.key()), limit, now(limit, nowMicros), demand.cost());
        noteDenial(demand, transition, table);
        return keep(demand, transition, table);
    }

    private static void noteDenial(Demand demand, Transition<Object> transition, CounterTable table) {
        if (!transition.verdict().allowed() && !transition.verdict().never()) {
            table.denied(demand.key());
        }
    }

    private List<LimitDecision> peek(List<Demand> demands, CounterTable table, long nowMicros) {
        List<LimitDecision> seen = each(demands, demand -> {
            Limit limit = demand.limit();
            Object state = table.state(demand.key());
            return new LimitDecision(
                    demand, algorithm(limit).peek(state, limit, now(limit, nowMicros), demand.cost()), source);
        });
        return allAllow(seen) ? seen : each(seen, LimitDecision::withoutDelay);
    }

    private LimitDecision charge(Demand demand, CounterTable table, long nowMicros) {
        Limit limit = demand.limit();
        return keep(
                demand,
                algorithm(limit).charge(table.state(demand.key()), limit, now(limit, nowMicros), demand.cost()),
                table);
    }

    private LimitDecision refund(Grant grant, CounterTable table, long nowMicros) {
        Demand demand = grant.demand();
        Limit limit = demand.limit();
        return keep(
                demand,
                algorithm(limit)
                        .refund(
                                table.state(demand.key()),
                                limit,
                                now(limit, nowMicros),
                                demand.cost(),
                                grant.takenAt()),
                table);
    }

    private LimitDecision reset(Demand demand, CounterTable table, long nowMicros) {
        Limit limit = demand.limit();
        table.remove(demand.key());
        return new LimitDecision(demand, algorithm(limit).fresh(limit, now(limit, nowMicros)), source);
    }

    private LimitDecision keep(Demand demand, Transition<Object> transition, CounterTable table) {
        Object state = transition.state();
        if (transition.changed() && state != null) {
            table.put(demand.key(), demand.limit(), state, transition.verdict());
        }
        return new LimitDecision(demand, transition.verdict(), source);
    }

    private static boolean allAllow(List<LimitDecision> limits) {
        for (LimitDecision limit : limits) {
            if (!limit.allowed()) {
                return false;
            }
        }
        return true;
    }

    private static long now(Limit limit, long nowMicros) {
        return limit.tickUnit().fromMicros(nowMicros);
    }

    /** A counter's name contains its algorithm, so its state is always that algorithm's. */
    @SuppressWarnings("unchecked")
    private LimitAlgorithm<Object> algorithm(Limit limit) {
        return (LimitAlgorithm<Object>) arithmetic.apply(limit.algorithm());
    }

    private interface Step<T> {
        LimitDecision on(T one);
    }

    private static <T> List<LimitDecision> each(List<T> all, Step<T> step) {
        if (all.size() == 1) {
            return List.of(step.on(all.get(0)));
        }
        List<LimitDecision> done = new ArrayList<>(all.size());
        for (T one : all) {
            done.add(step.on(one));
        }
        return done;
    }
}
