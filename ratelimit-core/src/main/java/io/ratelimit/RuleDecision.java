package io.ratelimit;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.RuleDemand;
import java.util.ArrayList;
import java.util.List;

/**
 * The one decision over all rules that apply to a request, and what each of them said.
 *
 * @param decision the decision; what the client is told comes from here
 * @param rules what each rule said, in the order asked
 */
public record RuleDecision(Decision decision, List<PerRule> rules) {
    /**
     * What one rule said.
     *
     * @param demand the rule and what it was asked
     * @param limits the answers of its limits; empty if it is in shadow mode and was not asked because an enforced rule
     *     denied
     */
    public record PerRule(RuleDemand demand, List<LimitDecision> limits) {
        /** Copies the answers. */
        public PerRule {
            limits = List.copyOf(limits);
        }

        /** Returns whether all of the rule's limits admit the request; true if it was not asked. */
        public boolean allowed() {
            return limits.stream().allMatch(LimitDecision::allowed);
        }

        /** Returns whether a denial of the rule is only counted. */
        public boolean shadow() {
            return demand.mode() == Mode.SHADOW;
        }
    }

    /** Copies the rules. */
    public RuleDecision {
        rules = List.copyOf(rules);
    }

    /**
     * Attributes the answers to the rules.
     *
     * @param demands what was asked
     * @param decision the answers, in the order of the demands' limits, shadow ones apart
     */
    public static RuleDecision of(List<RuleDemand> demands, Decision decision) {
        List<PerRule> rules = new ArrayList<>(demands.size());
        int enforced = 0;
        int shadow = 0;
        for (RuleDemand demand : demands) {
            int size = demand.limits().size();
            if (demand.mode() == Mode.ENFORCE) {
                rules.add(new PerRule(demand, decision.limits().subList(enforced, enforced + size)));
                enforced += size;
            } else if (decision.shadow().isEmpty()) {
                rules.add(new PerRule(demand, List.of()));
            } else {
                rules.add(new PerRule(demand, decision.shadow().subList(shadow, shadow + size)));
                shadow += size;
            }
        }
        return new RuleDecision(decision, rules);
    }
}
