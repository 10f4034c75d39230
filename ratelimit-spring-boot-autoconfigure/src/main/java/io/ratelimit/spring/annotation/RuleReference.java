package io.ratelimit.spring.annotation;

import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleLimit;
import io.ratelimit.rule.RuleSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The rule that an annotation stands for.
 *
 * @param atStart the rule as the annotation defines it, or as the configuration had it when the annotation was read
 * @param configured the rules of the configuration that are in force; {@code null}: the annotation defines the rule
 */
record RuleReference(Rule atStart, @Nullable Supplier<RuleSet> configured) {
    /** Returns the rule in force. One that the configuration has lost stays as it was: nobody asked for no limit. */
    Rule rule() {
        return configured == null
                ? atStart
                : configured.get().find(atStart.id()).orElse(atStart);
    }

    boolean isOwn() {
        return configured == null;
    }

    /** Returns the annotation's rule for asking on behalf of a request, in which the arguments its cost is read from are not. */
    RuleReference withFixedCost() {
        if (atStart.cost().expression() == null) {
            return this;
        }
        Limit[] limits = atStart.limits().stream().map(RuleLimit::limit).toArray(Limit[]::new);
        Rule fixed = Rule.named(atStart.id())
                .limits(limits)
                .key(atStart.key())
                .onFailure(atStart.onFailure())
                .build();
        return new RuleReference(fixed, null);
    }
}
