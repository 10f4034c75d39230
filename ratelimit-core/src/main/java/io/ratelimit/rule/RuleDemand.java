package io.ratelimit.rule;

import io.ratelimit.limit.Demand;
import io.ratelimit.limit.InvalidValueException;
import io.ratelimit.limit.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
            throw new InvalidValueException(
                    rule.toString(), "nothing to ask", "at least one limit, and a mode other than off");
        }
    }

    /**
     * Asks a rule for a requester.
     *
     * @param rule the rule
     * @param owner the digest of the identity that is counted
     * @param tier the requester's tier, {@code null} if it has none
     * @param cost the permits, from 1
     * @param global the mode of everything; the weaker of it and the rule's wins
     * @return what to ask; empty if the rule is off or the tier is unlimited
     */
    public static Optional<RuleDemand> of(Rule rule, String owner, @Nullable String tier, long cost, Mode global) {
        List<RuleLimit> limits = rule.limits(tier);
        Mode mode = rule.mode().weaker(global);
        if (mode == Mode.OFF || limits.isEmpty()) {
            return Optional.empty();
        }
        boolean enforced = mode == Mode.ENFORCE && isEnforced(owner, rule.enforcePercent());
        return Optional.of(new RuleDemand(rule, owner, limits, cost, enforced ? Mode.ENFORCE : Mode.SHADOW));
    }

    /** Returns the demands, one for each limit, in the rule's order. */
    public List<Demand> demands() {
        if (limits.size() == 1) {
            return List.of(demand(limits.get(0)));
        }
        List<Demand> demands = new ArrayList<>(limits.size());
        for (RuleLimit limit : limits) {
            demands.add(demand(limit));
        }
        return demands;
    }

    private Demand demand(RuleLimit limit) {
        return new Demand(new Key(owner, limit.counter()), limit.limit(), cost, rule.onFailure());
    }

    /** Picks the same share of identities on every instance: the digest alone decides. */
    private static boolean isEnforced(String owner, int percent) {
        int hash = owner.hashCode();
        hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
        hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
        hash ^= hash >>> 16;
        return Integer.remainderUnsigned(hash, 10_000) < percent * 100;
    }
}
