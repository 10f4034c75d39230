package io.ratelimit.spring.web;

import io.ratelimit.rule.Mode;
import java.time.Duration;
import java.util.List;

/** Settings that differ from the defaults in what a test is about. */
public final class TestSettings {
    private static final WebSettings DEFAULTS = WebSettings.defaults();

    private TestSettings() {}

    public static WebSettings caseInsensitive() {
        return of(
                PathSensitivity.CASE_INSENSITIVE, DEFAULTS.headers(), 0, DEFAULTS.maxRetryAfter(), DEFAULTS.maxHeld());
    }

    public static WebSettings headers(HeaderStyle style) {
        return maxHeld(DEFAULTS.maxHeld(), style);
    }

    public static WebSettings jitter(double fraction) {
        return of(DEFAULTS.sensitivity(), DEFAULTS.headers(), fraction, DEFAULTS.maxRetryAfter(), DEFAULTS.maxHeld());
    }

    public static WebSettings maxRetryAfter(Duration longest) {
        return of(DEFAULTS.sensitivity(), DEFAULTS.headers(), 0, longest, DEFAULTS.maxHeld());
    }

    public static WebSettings maxHeld(int requests) {
        return maxHeld(requests, DEFAULTS.headers());
    }

    public static WebSettings maxHeld(int requests, HeaderStyle style) {
        return of(DEFAULTS.sensitivity(), style, 0, DEFAULTS.maxRetryAfter(), requests);
    }

    private static WebSettings of(
            PathSensitivity sensitivity, HeaderStyle headers, double jitter, Duration maxRetryAfter, int maxHeld) {
        return new WebSettings(List.of(), sensitivity, headers, jitter, maxRetryAfter, Mode.ENFORCE, maxHeld);
    }
}
