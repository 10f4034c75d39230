package io.ratelimit.spring.expression;

import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;
import org.springframework.expression.spel.support.SimpleEvaluationContext;

/** An expression over the arguments of a method, which are data to it and never parsed. Safe for any number of threads. */
public final class ArgumentExpression {
    private final Expression expression;
    private final Map<String, Integer> positions;

    private ArgumentExpression(Expression expression, Map<String, Integer> positions) {
        this.expression = expression;
        this.positions = positions;
    }

    /**
     * Parses an expression.
     *
     * @param positions where the argument of each name stands, from 0
     * @throws IllegalArgumentException if it could only fail; the message says why, to stand behind the name of the expression
     */
    public static ArgumentExpression parse(String text, Map<String, Integer> positions) {
        return new ArgumentExpression(
                ReadingExpression.parse(text, positions.keySet()),
                positions.entrySet().stream()
                        .filter(named -> text.contains(named.getKey()))
                        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /** Returns the value; throws whatever the evaluation throws. */
    public @Nullable Object evaluate(@Nullable Object[] arguments) {
        EvaluationContext context = SimpleEvaluationContext.forReadOnlyDataBinding()
                .withInstanceMethods()
                .build();
        positions.forEach((name, position) -> context.setVariable(name, arguments[position]));
        return expression.getValue(context);
    }
}
