package io.ratelimit.spring.web;

import io.ratelimit.limit.Quoted;
import io.ratelimit.spring.expression.ReadingExpression;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.Expression;

/**
 * A SpEL expression over a request, parsed once. What it may use, see {@link RequestExpressionContext}.
 *
 * <p>Immutable and safe for any number of threads. What a request contains is data to it and never parsed.
 */
final class RequestExpression {
    private final Expression expression;

    private RequestExpression(Expression expression) {
        this.expression = expression;
    }

    /**
     * Parses an expression.
     *
     * @param name the setting's name, for the message
     * @throws IllegalArgumentException if it does not parse or wants what is not available
     */
    static RequestExpression parse(String name, String text) {
        try {
            return new RequestExpression(ReadingExpression.parse(text));
        } catch (IllegalArgumentException useless) {
            throw new IllegalArgumentException(
                    name + ": " + Quoted.text(text) + " (expected: a SpEL expression over the request, such as"
                            + " #headers['X-Tenant']; this " + useless.getMessage() + ")",
                    useless);
        }
    }

    /** Returns the value; throws whatever the evaluation throws. */
    @Nullable
    Object evaluate(WebRequest request, Map<String, String> pathVariables) {
        return expression.getValue(new RequestExpressionContext(request, pathVariables));
    }
}
