package io.ratelimit.limit;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text form of a window: whole numbers with units {@code d h m s ms}, the largest first, such as {@code 1h30m}. */
final class Windows {
    static final Duration SHORTEST = Duration.ofMillis(1);
    static final Duration LONGEST = Duration.ofDays(366);

    private static final String EXPECTED =
            "a whole number and a unit of ms, s, m, h or d, from 1ms to 366d, such as 1m or 1h30m";
    private static final Pattern TEXT =
            Pattern.compile("(?:(\\d{1,15})d)?(?:(\\d{1,15})h)?(?:(\\d{1,15})m)?(?:(\\d{1,15})s)?(?:(\\d{1,15})ms)?");
    private static final long[] UNIT_MILLIS = {86_400_000, 3_600_000, 60_000, 1_000, 1};
    private static final String[] UNITS = {"d", "h", "m", "s", "ms"};

    private Windows() {}

    static Duration parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (text.isEmpty() || !matcher.matches()) {
            throw new InvalidValueException("window", Quoted.text(text), EXPECTED);
        }
        try {
            long millis = 0;
            for (int unit = 0; unit < UNITS.length; unit++) {
                String count = matcher.group(unit + 1);
                if (count != null) {
                    millis = Math.addExact(millis, Math.multiplyExact(Long.parseLong(count), UNIT_MILLIS[unit]));
                }
            }
            return checked(Duration.ofMillis(millis), text);
        } catch (ArithmeticException tooLong) {
            throw new InvalidValueException("window", Quoted.text(text), EXPECTED, tooLong);
        }
    }

    /** Returns the one text of a window, so that equal windows name equal counters. */
    static String format(Duration window) {
        StringBuilder text = new StringBuilder();
        long rest = window.toMillis();
        for (int unit = 0; unit < UNITS.length; unit++) {
            long count = rest / UNIT_MILLIS[unit];
            rest -= count * UNIT_MILLIS[unit];
            if (count > 0) {
                text.append(count).append(UNITS[unit]);
            }
        }
        return text.toString();
    }

    static Duration checked(Duration window) {
        return checked(window, window.toString());
    }

    private static Duration checked(Duration window, String text) {
        if (window.compareTo(SHORTEST) < 0 || window.compareTo(LONGEST) > 0) {
            throw new InvalidValueException("window", Quoted.text(text), EXPECTED);
        }
        TickUnit unit = TickUnit.of(window);
        if (!unit.divides(window)) {
            throw new InvalidValueException(
                    "window",
                    Quoted.text(text),
                    "a whole number of "
                            + (unit == TickUnit.SECOND ? "seconds, because it is longer than a day" : "milliseconds"));
        }
        return window;
    }
}
