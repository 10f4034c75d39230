package io.ratelimit.spring.web;

import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The expressions of all rules, each parsed once. Texts come from configuration and annotations, never from requests, so
 * there are as many as were written down.
 *
 * <p>Safe for any number of threads.
 */
final class RuleExpressions {
    private final Map<String, RequestExpression> parsed = new ConcurrentHashMap<>();

    /** Parses what a rule holds, so that an error shows at the start. */
    void prepare(Rule rule) {
        if (rule.key().kind() == RuleKey.Kind.EXPRESSION) {
            get("key", rule.key().text());
        }
        String cost = rule.cost().expression();
        if (cost != null) {
            get("cost", cost);
        }
    }

    RequestExpression get(String name, String text) {
        return parsed.computeIfAbsent(text, absent -> RequestExpression.parse(name, absent));
    }
}
