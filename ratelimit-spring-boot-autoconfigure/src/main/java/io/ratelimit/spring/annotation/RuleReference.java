package io.ratelimit.spring.annotation;

import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleLimit;
import io.ratelimit.rule.RuleSet;
import java.util.function.Supplier;

/** The rule that an annotation stands for. */
sealed interface RuleReference {
    /** Returns the rule in force. */
    Rule rule();

    /** A rule that the annotation defines. */
    record Own(Rule rule) implements RuleReference {
        /** Returns the rule for asking on behalf of a request that knows nothing of the arguments its cost is read from. */
        Own withFixedCost() {
            if (rule.cost().expression() == null) {
                return this;
            }
            return new Own(Rule.named(rule.id())
                    .limits(rule.limits().stream().map(RuleLimit::limit).toArray(Limit[]::new))
                    .key(rule.key())
                    .onFailure(rule.onFailure())
                    .build());
        }
    }

    /**
     * A rule of the configuration, which may change while the application runs.
     *
     * @param atStart the rule as it was found first
     * @param configured the rules in force
     */
    record Configured(Rule atStart, Supplier<RuleSet> configured) implements RuleReference {
        /** One that has vanished from the configuration goes on: nobody asked for no limit. */
        @Override
        public Rule rule() {
            return configured.get().find(atStart.id()).orElse(atStart);
        }
    }
}
