package io.ratelimit.store;

import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.InvalidValueException;
import io.ratelimit.limit.Key;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Something to do with one or more counters at one instant.
 *
 * <p>All operations are immutable. Demands of equal keys within one operation are one demand with the sum of their costs.
 */
public sealed interface Operation {
    /** Returns every key that the operation touches, without repetition. */
    List<Key> keys();

    /**
     * Take from all counters, or from none.
     *
     * @param demands the enforced demands: if one is denied, nothing is taken from any
     * @param shadow demands that are only watched: decided, all or none, if the enforced ones are allowed; otherwise not
     *     asked
     */
    record Acquire(List<Demand> demands, List<Demand> shadow) implements Operation {
        /**
         * Adds up the costs of equal keys.
         *
         * @throws IllegalArgumentException if there is no demand, or a key is held to two different limits
         */
        public Acquire {
            demands = distinct(demands);
            shadow = distinct(shadow);
            requireSome(demands.size() + shadow.size());
        }

        /** Returns an acquisition without watched demands. */
        public static Acquire of(Demand... demands) {
            return new Acquire(List.of(demands), List.of());
        }

        @Override
        public List<Key> keys() {
            return keysOf(demands, shadow);
        }
    }

    /**
     * Answer as {@link Acquire} would, and change nothing.
     *
     * @param demands the enforced demands
     * @param shadow the watched demands
     */
    record Peek(List<Demand> demands, List<Demand> shadow) implements Operation {
        /**
         * Adds up the costs of equal keys.
         *
         * @throws IllegalArgumentException if there is no demand, or a key is held to two different limits
         */
        public Peek {
            demands = distinct(demands);
            shadow = distinct(shadow);
            requireSome(demands.size() + shadow.size());
        }

        /** Returns a peek without watched demands. */
        public static Peek of(Demand... demands) {
            return new Peek(List.of(demands), List.of());
        }

        @Override
        public List<Key> keys() {
            return keysOf(demands, shadow);
        }
    }

    /**
     * Take in any case; a counter may go past its limit, up to a bound of its algorithm.
     *
     * @param demands what to take
     */
    record Charge(List<Demand> demands) implements Operation {
        /**
         * Adds up the costs of equal keys.
         *
         * @throws IllegalArgumentException if there is no demand, or a key is held to two different limits
         */
        public Charge {
            demands = distinct(demands);
            requireSome(demands.size());
        }

        /** Returns a charge of these demands. */
        public static Charge of(Demand... demands) {
            return new Charge(List.of(demands));
        }

        @Override
        public List<Key> keys() {
            return keysOf(demands, List.of());
        }
    }

    /**
     * Give back what was taken, unless it has left the window or has refilled since.
     *
     * @param grants what was taken and when; several of one key are given back one after the other
     */
    record Refund(List<Grant> grants) implements Operation {
        /**
         * Checks that there is something to give back.
         *
         * @throws IllegalArgumentException if there is none
         */
        public Refund {
            grants = List.copyOf(grants);
            requireSome(grants.size());
        }

        @Override
        public List<Key> keys() {
            return grants.stream().map(grant -> grant.demand().key()).distinct().toList();
        }
    }

    /**
     * Forget counters.
     *
     * @param demands the counters and their limits; the costs do not matter
     */
    record Reset(List<Demand> demands) implements Operation {
        /**
         * Removes repetitions.
         *
         * @throws IllegalArgumentException if there is no counter, or a key is held to two different limits
         */
        public Reset {
            demands = distinct(demands);
            requireSome(demands.size());
        }

        @Override
        public List<Key> keys() {
            return keysOf(demands, List.of());
        }
    }

    private static List<Demand> distinct(List<Demand> demands) {
        if (demands.size() < 2) {
            return List.copyOf(demands);
        }
        Map<Key, Demand> byKey = new LinkedHashMap<>();
        for (Demand demand : demands) {
            byKey.merge(demand.key(), demand, Operation::sum);
        }
        return List.copyOf(byKey.values());
    }

    private static Demand sum(Demand one, Demand other) {
        if (!one.limit().equals(other.limit())) {
            throw new InvalidValueException(
                    "key",
                    one.key().counter() + " is held to both " + one.limit() + " and " + other.limit(),
                    "one limit for each key of an operation");
        }
        long cost = one.cost() + other.cost();
        return one.withCost(cost < 0 ? Long.MAX_VALUE : cost);
    }

    private static List<Key> keysOf(List<Demand> demands, List<Demand> shadow) {
        List<Key> keys = new ArrayList<>(demands.size() + shadow.size());
        for (Demand demand : demands) {
            keys.add(demand.key());
        }
        for (Demand demand : shadow) {
            if (!keys.contains(demand.key())) {
                keys.add(demand.key());
            }
        }
        return keys;
    }

    private static void requireSome(int size) {
        if (size == 0) {
            throw new InvalidValueException("demands", "none", "at least one");
        }
    }
}
