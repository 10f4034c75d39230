package io.ratelimit.spring.annotation;

import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleCost;
import io.ratelimit.rule.RuleKey;

/**
 * What an annotation with a limit says.
 *
 * @param rule the rule
 * @param settings all of it but the name, as a text that is equal for equal settings
 * @param where the class or method that said it first
 */
record OwnRule(Rule rule, String settings, String where) {
    static OwnRule of(String id, String where, RateLimited annotation, Limit limit, RuleKey key, RuleCost cost) {
        Rule rule = Rule.named(id)
                .limits(limit)
                .key(key)
                .cost(cost)
                .onFailure(annotation.onFailure())
                .build();
        String settings = String.join(
                ", ",
                limit.toString(),
                limit.algorithm().id(),
                "key " + key,
                "cost " + (cost.expression() == null ? cost.permits() : cost.expression()),
                "on failure " + annotation.onFailure().id());
        return new OwnRule(rule, settings, where);
    }
}
