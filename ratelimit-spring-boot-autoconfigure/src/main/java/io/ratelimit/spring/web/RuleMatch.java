package io.ratelimit.spring.web;

import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import java.util.Map;

/**
 * A rule that applies to a request.
 *
 * @param rule the rule
 * @param key whose quota it counts for this request, which is the rule's key except for a preflight and where matching failed
 * @param pathVariables the variables of the path pattern that matched
 */
record RuleMatch(Rule rule, RuleKey key, Map<String, String> pathVariables) {
    static RuleMatch of(Rule rule) {
        return new RuleMatch(rule, rule.key(), Map.of());
    }
}
