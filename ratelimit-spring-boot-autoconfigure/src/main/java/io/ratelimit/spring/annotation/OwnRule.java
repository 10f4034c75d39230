package io.ratelimit.spring.annotation;

import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Rule;

/**
 * A rule that an annotation defines.
 *
 * @param rule the rule
 * @param where the class or method whose annotation was read first
 */
record OwnRule(Rule rule, String where) {
    /** Returns all of the rule but its id, as a text that is equal for equal settings. */
    String settings() {
        Limit limit = rule.limits().get(0).limit();
        String cost = rule.cost().expression();
        return String.join(
                ", ",
                limit.toString(),
                limit.algorithm().id(),
                "key " + rule.key(),
                "cost " + (cost == null ? rule.cost().permits() : cost),
                "on failure " + rule.onFailure().id());
    }
}
