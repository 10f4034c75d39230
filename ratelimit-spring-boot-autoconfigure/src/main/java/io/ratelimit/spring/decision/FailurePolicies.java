package io.ratelimit.spring.decision;

import io.ratelimit.RuleDecision;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.FailurePolicy;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.TickUnit;
import io.ratelimit.limit.Ticker;
import io.ratelimit.limit.Verdict;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.RuleDemand;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides without any store, after a defect that the store's own fallback did not catch: a rule that denies on failure
 * denies; the others admit, because there is nothing left to count with.
 */
final class FailurePolicies {
    private static final long RETRY_AFTER_MICROS = 1_000_000;

    private final Ticker ticker;

    FailurePolicies(Ticker ticker) {
        this.ticker = ticker;
    }

    RuleDecision decide(List<RuleDemand> demands) {
        List<LimitDecision> enforced = new ArrayList<>();
        List<LimitDecision> watched = new ArrayList<>();
        List<RuleDecision.PerRule> rules = new ArrayList<>();
        for (RuleDemand demand : demands) {
            List<LimitDecision> limits =
                    demand.demands().stream().map(this::decide).toList();
            rules.add(new RuleDecision.PerRule(demand, limits));
            (demand.mode() == Mode.ENFORCE ? enforced : watched).addAll(limits);
        }
        return new RuleDecision(Decision.of(enforced, watched), rules);
    }

    private LimitDecision decide(Demand demand) {
        TickUnit unit = demand.limit().tickUnit();
        long now = unit.fromMicros(ticker.epochMicros());
        boolean denied = demand.onFailure() == FailurePolicy.DENY;
        long wait = Math.max(1, RETRY_AFTER_MICROS / unit.micros());
        return new LimitDecision(
                demand,
                denied
                        ? new Verdict(false, 0, wait, 0, 0, now)
                        : new Verdict(true, demand.limit().capacity(), 0, 0, 0, now),
                Source.FAILURE_POLICY);
    }
}
