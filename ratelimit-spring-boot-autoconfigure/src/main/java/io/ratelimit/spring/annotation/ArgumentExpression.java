package io.ratelimit.spring.annotation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;
import org.springframework.expression.spel.support.SimpleEvaluationContext;

/**
 * A SpEL expression over the arguments of one method.
 *
 * <p>It reads properties and calls methods of the arguments. Types, constructors, beans and assignments are out of its
 * reach: nobody needs them to tell whose quota is counted. Arguments are data and never parsed. Safe for any number of
 * threads.
 */
final class ArgumentExpression {
    private final Expression expression;
    private final Map<String, Integer> positions;

    private ArgumentExpression(Expression expression, Map<String, Integer> positions) {
        this.expression = expression;
        this.positions = positions;
    }

    /**
     * Prepares an expression.
     *
     * @param expression what was parsed
     * @param used the variables in it
     * @param positions where the argument of each name stands, from 0
     */
    static ArgumentExpression of(Expression expression, Set<String> used, Map<String, Integer> positions) {
        Map<String, Integer> needed = new LinkedHashMap<>(positions);
        needed.keySet().retainAll(used);
        return new ArgumentExpression(expression, Map.copyOf(needed));
    }

    /** Returns the value; throws whatever the evaluation throws. */
    @Nullable
    Object evaluate(@Nullable Object[] arguments) {
        EvaluationContext context = SimpleEvaluationContext.forReadOnlyDataBinding()
                .withInstanceMethods()
                .build();
        positions.forEach((name, position) -> context.setVariable(name, arguments[position]));
        return expression.getValue(context);
    }
}
