package io.ratelimit.spring.decision;

import io.ratelimit.RuleDecision;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.Ticker;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.RuleDemand;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides without any store, after a defect that the store's own fallback did not catch: a rule that denies on failure
 * denies; the others admit, because there is nothing left to count with.
 */
final class FailurePolicies {
    private final Ticker ticker;

    FailurePolicies(Ticker ticker) {
        this.ticker = ticker;
    }

    RuleDecision decide(List<RuleDemand> demands) {
        long now = ticker.epochMicros();
        List<LimitDecision> enforced = new ArrayList<>();
        List<LimitDecision> watched = new ArrayList<>();
        for (RuleDemand demand : demands) {
            List<LimitDecision> answers = demand.mode() == Mode.ENFORCE ? enforced : watched;
            demand.demands().forEach(limit -> answers.add(LimitDecision.byPolicy(limit, now)));
        }
        boolean denied = !enforced.stream().allMatch(LimitDecision::allowed);
        return RuleDecision.of(demands, Decision.of(enforced, denied ? List.of() : watched));
    }
}
