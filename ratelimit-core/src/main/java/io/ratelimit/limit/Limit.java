package io.ratelimit.limit;

import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How fast one identity may go: at most {@link #permits()} per {@link #window()}, counted by {@link #algorithm()}.
 *
 * <p>Immutable and safe for any number of threads. No method accepts or returns {@code null}.
 */
public final class Limit {
    /** Beyond this, products of permits and ticks would no longer be exact in the double of a Lua script. */
    private static final long LARGEST_PRODUCT = (1L << 53) / 8;

    /** More entries than most expect a counter to keep. */
    private static final long LONG_LOG = 10_000;

    private static final Duration LONGEST_FILL = Duration.ofDays(10 * 366);
    private static final Pattern TEXT = Pattern.compile("\\s*([^/\\s]*)\\s*/\\s*(\\S+)(?:\\s+burst\\s+(\\S+))?\\s*");

    private final Algorithm algorithm;
    private final long permits;
    private final Duration window;
    private final OptionalLong burst;
    private final TickUnit tickUnit;
    private final long windowTicks;

    private Limit(Algorithm algorithm, long permits, Duration window, OptionalLong burst) {
        this.algorithm = Objects.requireNonNull(algorithm, "algorithm");
        this.permits = atLeastOne("limit", permits);
        this.window = Windows.checked(window);
        this.burst = burst;
        this.tickUnit = TickUnit.of(window);
        this.windowTicks = tickUnit.ticks(window);
        if (burst.isPresent()) {
            atLeastOne("burst", burst.getAsLong());
            if (!algorithm.hasBurst()) {
                throw new InvalidValueException(
                        "burst",
                        burst.getAsLong(),
                        "none, because " + algorithm + " has no burst; token-bucket and leaky-bucket have");
            }
        }
        requireExact();
        requireFillable();
    }

    /**
     * Returns a token bucket with a burst equal to its permits.
     *
     * @param permits the permits per window, from 1
     * @param window the window, whole milliseconds from 1 ms to 366 days, whole seconds above one day
     * @throws IllegalArgumentException if a value is out of range or the two do not fit the exact range together
     */
    public static Limit of(long permits, Duration window) {
        return new Limit(Algorithm.TOKEN_BUCKET, permits, window, OptionalLong.empty());
    }

    /**
     * Parses the text form {@code 100/1h} or {@code 100/1h burst 20}, as a token bucket.
     *
     * @throws IllegalArgumentException if the text has another form or its values are out of range; the message names
     *     the part that is wrong and what a right one looks like
     */
    public static Limit parse(String text) {
        return parse(text, Algorithm.TOKEN_BUCKET);
    }

    /**
     * Parses the text form as {@link #parse(String)} does, for the given algorithm.
     *
     * @throws IllegalArgumentException as {@link #parse(String)}, or if the text has a burst and the algorithm has none
     */
    public static Limit parse(String text, Algorithm algorithm) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidValueException(
                    "limit", Quoted.text(text), "<permits>/<window>, such as 100/1h or 100/1h burst 20");
        }
        String burst = matcher.group(3);
        return new Limit(
                algorithm,
                wholeNumber("limit", matcher.group(1), text),
                Windows.parse(matcher.group(2)),
                burst == null ? OptionalLong.empty() : OptionalLong.of(wholeNumber("burst", burst, text)));
    }

    /**
     * Parses a window such as {@code 1m}, {@code 500ms} or {@code 1h30m}.
     *
     * @throws IllegalArgumentException if it has no unit, another form, or is out of range
     */
    public static Duration parseWindow(String text) {
        return Windows.parse(text);
    }

    /**
     * Returns this limit counted by another algorithm.
     *
     * @throws IllegalArgumentException if this limit has a burst and the algorithm has none
     */
    public Limit withAlgorithm(Algorithm other) {
        return new Limit(other, permits, window, burst);
    }

    /**
     * Returns this limit with another burst.
     *
     * @param newBurst the most permits that may be taken at once, from 1
     * @throws IllegalArgumentException if the algorithm has no burst or the value is out of range
     */
    public Limit withBurst(long newBurst) {
        return new Limit(algorithm, permits, window, OptionalLong.of(newBurst));
    }

    /** Returns how the permits are counted. */
    public Algorithm algorithm() {
        return algorithm;
    }

    /** Returns the permits per window, from 1. */
    public long permits() {
        return permits;
    }

    /** Returns the window. */
    public Duration window() {
        return window;
    }

    /** Returns the burst, if one was given. */
    public OptionalLong burst() {
        return burst;
    }

    /** Returns how many permits a fresh counter has: the burst of a bucket, otherwise the permits. */
    public long capacity() {
        return burst.orElse(permits);
    }

    /** Returns the unit in which this limit counts time. */
    public TickUnit tickUnit() {
        return tickUnit;
    }

    /** Returns the window in ticks of {@link #tickUnit()}. */
    public long windowTicks() {
        return windowTicks;
    }

    /**
     * Returns how long it takes until a used-up counter is as good as new: the window, or for a bucket the time in which its
     * whole capacity refills or drains, rounded up to a tick. So long waits the last in the full queue of a leaky bucket.
     */
    public Duration fillTime() {
        return algorithm.hasBurst() ? tickUnit.toDuration(fillTicks()) : window;
    }

    private long fillTicks() {
        long product = capacity() * windowTicks;
        return product / permits + (product % permits == 0 ? 0 : 1);
    }

    /** Returns whether each counter may keep more than 10,000 entries, which is a sliding log with so many permits. */
    public boolean keepsLongLog() {
        return algorithm == Algorithm.SLIDING_LOG && permits > LONG_LOG;
    }

    /**
     * Returns the part of a counter's name that depends on this limit: the algorithm and the window, such as
     * {@code fw1m}. Permits and burst are not in it, so that a counter outlives their change.
     */
    public String counterName() {
        return algorithm.code() + Windows.format(window);
    }

    private static long wholeNumber(String name, String number, String text) {
        if (number.isEmpty() || !number.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new InvalidValueException(
                    name,
                    Quoted.text(number) + " in " + Quoted.text(text),
                    "a whole number from 1, such as 100/1h burst 20");
        }
        try {
            return Long.parseLong(number);
        } catch (NumberFormatException tooLarge) {
            throw new InvalidValueException(
                    name, Quoted.text(number), "a whole number up to " + LARGEST_PRODUCT, tooLarge);
        }
    }

    private static long atLeastOne(String name, long value) {
        if (value < 1) {
            throw new InvalidValueException(name, value, "a whole number from 1, such as 100");
        }
        return value;
    }

    private void requireExact() {
        long largest = LARGEST_PRODUCT / windowTicks;
        long given = Math.max(permits, burst.orElse(0));
        if (given > largest) {
            String name = given == permits ? "limit" : "burst";
            throw new InvalidValueException(
                    name,
                    given,
                    "at most " + largest + " with a window of " + Windows.format(window)
                            + ", so that all arithmetic is exact");
        }
    }

    private void requireFillable() {
        if (!algorithm.hasBurst()) {
            return;
        }
        if (fillTime().compareTo(LONGEST_FILL) > 0) {
            throw new InvalidValueException(
                    "burst",
                    capacity(),
                    "a bucket that fills within ten years; " + permits + "/" + Windows.format(window) + " takes "
                            + fillTime().toDays() + " days");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Limit that
                && algorithm == that.algorithm
                && permits == that.permits
                && windowTicks == that.windowTicks
                && tickUnit == that.tickUnit
                && burst.equals(that.burst);
    }

    @Override
    public int hashCode() {
        return Objects.hash(algorithm, permits, windowTicks, tickUnit, burst);
    }

    /** Returns the text form without the algorithm, such as {@code 100/1h burst 20}. */
    @Override
    public String toString() {
        String text = permits + "/" + Windows.format(window);
        return burst.isPresent() ? text + " burst " + burst.getAsLong() : text;
    }
}
