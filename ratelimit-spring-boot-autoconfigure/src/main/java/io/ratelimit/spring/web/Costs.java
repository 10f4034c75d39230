package io.ratelimit.spring.web;

import io.ratelimit.rule.RuleCost;
import jakarta.servlet.http.HttpServletRequest;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Tells what a request costs under a rule. Where the expression gives no positive whole number, that is 1. */
final class Costs {
    private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);
    private static final int LONGEST = 64;

    private final RuleExpressions expressions;
    private final WebErrors errors;

    Costs(RuleExpressions expressions, WebErrors errors) {
        this.expressions = expressions;
        this.errors = errors;
    }

    long of(RuleMatch match, HttpServletRequest request) {
        RuleCost cost = match.rule().cost();
        String expression = cost.expression();
        if (expression == null) {
            return cost.permits();
        }
        Exception failure = null;
        long permits = 0;
        try {
            permits = wholeNumber(expressions.get("cost", expression).evaluate(request, match.pathVariables()));
        } catch (Exception thrown) {
            failure = thrown;
        }
        if (permits < 1) {
            errors.report(WebError.COST, "rule " + match.rule().id(), failure);
            return cost.permits();
        }
        return permits;
    }

    /**
     * Returns a number from 1, or 0 if the value is none. What exceeds a {@code long} is the largest one, not an error:
     * otherwise asking for more than there can be would be the way to pay 1.
     */
    private static long wholeNumber(@Nullable Object value) {
        BigDecimal number = number(value);
        if (number == null || number.signum() <= 0) {
            return 0;
        }
        if (number.compareTo(MOST) >= 0) {
            return Long.MAX_VALUE;
        }
        return number.stripTrailingZeros().scale() > 0 ? 0 : number.longValue();
    }

    private static @Nullable BigDecimal number(@Nullable Object value) {
        if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            return Double.isFinite(number) ? BigDecimal.valueOf(number) : null;
        }
        if (value instanceof BigDecimal decimal) {
            return decimal;
        }
        if (value instanceof BigInteger integer) {
            return new BigDecimal(integer);
        }
        if (value instanceof Number number) {
            return BigDecimal.valueOf(number.longValue());
        }
        // A header or parameter is text, and an expression that may not name types cannot convert it.
        return value instanceof String text && isDigits(text) ? parse(text) : null;
    }

    private static boolean isDigits(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** Reading thousands of digits would cost more than the answer is worth: they are too many anyway. */
    private static BigDecimal parse(String digits) {
        return digits.length() > LONGEST ? MOST : new BigDecimal(digits);
    }
}
