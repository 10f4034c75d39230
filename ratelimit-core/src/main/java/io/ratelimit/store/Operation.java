package io.ratelimit.store;

import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.InvalidValueException;
import io.ratelimit.limit.Key;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Something to do with one or more counters at one instant.
 *
 * <p>All operations are immutable. Demands of equal keys within one operation are one demand with the sum of their costs.
 */
public sealed interface Operation {
    /** What is done. */
    enum Kind {
        /** See {@link Acquire}. */
        ACQUIRE,
        /** See {@link Peek}. */
        PEEK,
        /** See {@link Charge}. */
        CHARGE,
        /** See {@link Refund}. */
        REFUND,
        /** See {@link Reset}. */
        RESET
    }

    /** Returns what is done. */
    Kind kind();

    /** Returns the enforced demands; of a refund, what is given back, so that a counter may be there several times. */
    List<Demand> demands();

    /** Returns the shadow demands, which are asked if the enforced ones are allowed; empty unless the kind has such. */
    default List<Demand> shadow() {
        return List.of();
    }

    /** Returns every key that the operation touches, without repetition. */
    default List<Key> keys() {
        List<Demand> demands = demands();
        List<Demand> shadow = shadow();
        if (demands.size() == 1 && shadow.isEmpty()) {
            return List.of(demands.get(0).key());
        }
        Set<Key> keys = new LinkedHashSet<>();
        demands.forEach(demand -> keys.add(demand.key()));
        shadow.forEach(demand -> keys.add(demand.key()));
        return List.copyOf(keys);
    }

    /**
     * Take from all counters, or from none.
     *
     * @param demands the enforced demands: if one is denied, nothing is taken from any
     * @param shadow shadow demands, which never deny the operation: decided, all or none, if the enforced ones are allowed;
     *     otherwise not asked
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

        /** Returns an acquisition without shadow demands. */
        public static Acquire of(Demand... demands) {
            return new Acquire(List.of(demands), List.of());
        }

        @Override
        public Kind kind() {
            return Kind.ACQUIRE;
        }
    }

    /**
     * Answer as {@link Acquire} would, and change nothing.
     *
     * @param demands the enforced demands
     * @param shadow the shadow demands
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

        /** Returns a peek without shadow demands. */
        public static Peek of(Demand... demands) {
            return new Peek(List.of(demands), List.of());
        }

        @Override
        public Kind kind() {
            return Kind.PEEK;
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
        public Kind kind() {
            return Kind.CHARGE;
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
        public Kind kind() {
            return Kind.REFUND;
        }

        @Override
        public List<Demand> demands() {
            List<Demand> demands = new ArrayList<>(grants.size());
            for (Grant grant : grants) {
                demands.add(grant.demand());
            }
            return demands;
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
        public Kind kind() {
            return Kind.RESET;
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

    private static void requireSome(int size) {
        if (size == 0) {
            throw new InvalidValueException("demands", "none", "at least one");
        }
    }
}
