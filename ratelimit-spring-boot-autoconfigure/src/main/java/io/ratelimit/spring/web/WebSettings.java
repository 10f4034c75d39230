package io.ratelimit.spring.web;

import io.ratelimit.rule.Mode;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What is the same for all rules on the web side.
 *
 * @param exclude patterns of paths that are not limited at all; they match only what is already canonical as sent
 * @param sensitivity whether case matters to the paths of rules; it always does to {@code exclude}
 * @param headers which headers tell a client about its quota
 * @param retryAfterJitter the fraction, 0 to 1, by which {@code Retry-After} is lengthened at random at most
 * @param maxRetryAfter the longest that {@code Retry-After} says, from a second; what is longer than 24.8 days, timers of
 *     JavaScript take for no wait at all
 * @param mode the mode of everything; of it and a rule's the weaker wins
 * @param maxHeld the most requests that wait for their turn in a leaky bucket at a time, from 0
 */
public record WebSettings(
        List<String> exclude,
        PathSensitivity sensitivity,
        HeaderStyle headers,
        double retryAfterJitter,
        Duration maxRetryAfter,
        Mode mode,
        int maxHeld) {
    private static final Duration DEFAULT_MAX_RETRY_AFTER = Duration.ofDays(24);

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException if a figure is out of range
     */
    public WebSettings {
        exclude = List.copyOf(exclude);
        Objects.requireNonNull(sensitivity, "sensitivity");
        Objects.requireNonNull(headers, "headers");
        Objects.requireNonNull(mode, "mode");
        if (!(retryAfterJitter >= 0 && retryAfterJitter <= 1)) {
            throw new IllegalArgumentException(
                    "retry-after-jitter: " + retryAfterJitter + " (expected: a fraction from 0 to 1, such as 0.1)");
        }
        if (maxRetryAfter.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException(
                    "max-retry-after: " + maxRetryAfter + " (expected: a duration from a second, such as PT24H)");
        }
        if (maxHeld < 0) {
            throw new IllegalArgumentException(
                    "max-held: " + maxHeld + " (expected: a whole number from 0, such as 1000)");
        }
    }

    /** Returns the settings where nothing is configured. */
    public static WebSettings defaults() {
        return new WebSettings(
                List.of(),
                PathSensitivity.CASE_SENSITIVE,
                HeaderStyle.X_RATELIMIT,
                0,
                DEFAULT_MAX_RETRY_AFTER,
                Mode.ENFORCE,
                1_000);
    }

    /** Returns these settings with other excluded paths. */
    public WebSettings withExclude(String... patterns) {
        return new WebSettings(List.of(patterns), sensitivity, headers, retryAfterJitter, maxRetryAfter, mode, maxHeld);
    }

    /** Returns these settings with another mode of everything. */
    public WebSettings withMode(Mode other) {
        return new WebSettings(exclude, sensitivity, headers, retryAfterJitter, maxRetryAfter, other, maxHeld);
    }
}
