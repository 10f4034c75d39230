package io.ratelimit.rule;

import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One rule asked for one requester: what it comes to in demands on counters.
 *
 * @param rule the rule
 * @param owner the digest of the identity that is counted
 * @param limits the limits of the requester's tier, not empty
 * @param cost the permits, from 1
 * @param mode {@link Mode#ENFORCE}, or {@link Mode#SHADOW} if a denial is only counted
 */
public record RuleDemand(Rule rule, String owner, List<RuleLimit> limits, long cost, Mode mode) {
    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException if there is no limit, or the mode is {@link Mode#OFF}
     */
    public RuleDemand {
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(owner, "owner");
        limits = List.copyOf(limits);
        if (limits.isEmpty() || mode == Mode.OFF) {
            throw new IllegalArgumentException(rule + ": nothing to ask (expected: at least one limit, and a mode other than off)");
        }
    }

    /** Returns the demands, one for each limit, in the rule's order. */
    public List<Demand> demands() {
        List<Demand> demands = new ArrayList<>(limits.size());
        for (RuleLimit limit : limits) {
            demands.add(new Demand(new Key(owner, limit.counter()), limit.limit(), cost, rule.onFailure()));
        }
        return demands;
    }
}
