package io.ratelimit.spring.annotation;

import io.ratelimit.rule.Rule;
import io.ratelimit.spring.expression.ArgumentExpression;
import org.jspecify.annotations.Nullable;

/**
 * One annotation, ready to be asked about calls of one method.
 *
 * @param reference the rule
 * @param key tells whose quota is counted, from the arguments; {@code null} if the rule's key does
 * @param cost tells what a call costs, from the arguments; {@code null} if the rule's cost does
 * @param fallback what is called instead of the denied method; {@code null}: the denial is thrown
 */
record CallRule(
        RuleReference reference,
        @Nullable ArgumentExpression key,
        @Nullable ArgumentExpression cost,
        @Nullable FallbackMethod fallback) {
    Rule rule() {
        return reference.rule();
    }
}
