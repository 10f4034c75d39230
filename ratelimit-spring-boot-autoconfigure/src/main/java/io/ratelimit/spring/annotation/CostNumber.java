package io.ratelimit.spring.annotation;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Turns what a cost expression yields into permits. */
final class CostNumber {
    private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);

    private CostNumber() {}

    /**
     * Returns the permits, or 0 if the value is no positive whole number. What exceeds a {@code long} is the largest one:
     * otherwise asking for more than there can be would be the way to pay 1.
     */
    static long of(@Nullable Object value) {
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
        return value instanceof Number number ? BigDecimal.valueOf(number.longValue()) : null;
    }
}
