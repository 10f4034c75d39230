package io.ratelimit.rule;

import io.ratelimit.limit.InvalidValueException;
import io.ratelimit.limit.Quoted;
import org.jspecify.annotations.Nullable;

/**
 * What one request costs under a rule: a fixed number of permits or an expression over the request.
 *
 * @param permits the permits, from 1; also what a request costs where the expression yields no positive number
 * @param expression the expression, {@code null} where the cost is fixed
 */
public record RuleCost(long permits, @Nullable String expression) {
    /** One permit. */
    public static final RuleCost ONE = new RuleCost(1, null);

    /**
     * Checks the permits.
     *
     * @throws IllegalArgumentException if they are below 1
     */
    public RuleCost {
        if (permits < 1) {
            throw new InvalidValueException(
                    "cost", permits, "a whole number from 1, or an expression that starts with #");
        }
    }

    /**
     * Reads the text form: a whole number from 1, or an expression that starts with {@code #}.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static RuleCost parse(String text) {
        if (text.startsWith("#")) {
            return new RuleCost(1, text);
        }
        try {
            return new RuleCost(Long.parseLong(text), null);
        } catch (NumberFormatException notANumber) {
            throw new InvalidValueException(
                    "cost",
                    Quoted.text(text),
                    "a whole number from 1, or an expression that starts with #",
                    notANumber);
        }
    }
}
