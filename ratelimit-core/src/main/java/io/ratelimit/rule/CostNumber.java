package io.ratelimit.rule;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Turns what a cost expression yields into permits. */
public final class CostNumber {
    private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);
    private static final int LONGEST = 64;

    private CostNumber() {}

    /**
     * Returns a number from 1, or 0 if the value is none. What exceeds a {@code long} is the largest one, not an error:
     * otherwise asking for more than there can be would be the way to pay 1.
     */
    public static long of(@Nullable Object value) {
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
