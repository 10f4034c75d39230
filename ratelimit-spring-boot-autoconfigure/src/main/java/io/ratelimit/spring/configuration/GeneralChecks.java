package io.ratelimit.spring.configuration;

import io.ratelimit.failover.FailoverSettings;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks what concerns all rules: names, bounds and times. */
final class GeneralChecks {
    private static final Pattern NAMESPACE = Pattern.compile("[^\\s{}\\p{Cntrl}]{1,64}");
    private static final Pattern INSTANCES = Pattern.compile("[1-9][0-9]{0,5}");
    private static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(10);

    private final Problems problems;

    GeneralChecks(Problems problems) {
        this.problems = problems;
    }

    void check(RateLimitProperties properties) {
        checkNamespace(properties.namespace());
        checkSecret(properties.keySecret());
        checkExcluded(properties.exclude());
        checkJitter(properties.retryAfterJitter());
        checkMaxRetryAfter(properties.headers().maxRetryAfter());
        checkAtLeast("ratelimit.memory.max-keys", properties.memory().maxKeys(), 1, "1000000");
        checkAtLeast("ratelimit.max-held", properties.maxHeld(), 0, "1000");
        checkTimeout(properties.redis().timeout());
        checkCircuitBreaker(properties.redis().circuitBreaker());
        checkFallback(properties.redis().fallback());
    }

    private void checkNamespace(String namespace) {
        if (!NAMESPACE.matcher(namespace).matches()) {
            problems.add(
                    "ratelimit.namespace",
                    namespace,
                    namespace.isEmpty()
                            ? "the namespace is empty"
                            : "the namespace has a brace, a blank or a control character, or is too long",
                    "1 to 64 characters without blanks, and without braces, which mark what decides a key's cluster slot",
                    "ratelimit");
        }
    }

    private void checkSecret(@Nullable String secret) {
        // An empty one in YAML is a name without a value; one of blanks is an unset variable or a slip.
        if (secret != null && !secret.isEmpty() && secret.isBlank()) {
            problems.add(
                    "ratelimit.key-secret",
                    secret,
                    "the secret is blank",
                    "a secret text, or no key-secret",
                    "${SECRET}");
        }
    }

    private void checkExcluded(List<String> exclude) {
        PathCheck check = new PathCheck(problems);
        for (int i = 0; i < exclude.size(); i++) {
            check.check(problems.given().elementOf("ratelimit.exclude", i), exclude.get(i));
        }
    }

    private void checkJitter(double jitter) {
        if (!(jitter >= 0 && jitter <= 1)) {
            problems.add("ratelimit.retry-after-jitter", jitter, "this is no fraction", "a number from 0 to 1", "0.1");
        }
    }

    private void checkMaxRetryAfter(Duration longest) {
        if (longest.compareTo(Duration.ofSeconds(1)) < 0) {
            problems.add(
                    "ratelimit.headers.max-retry-after",
                    longest,
                    "Retry-After is told in whole seconds from 1",
                    "a duration from 1s",
                    "24d");
        }
    }

    private void checkAtLeast(String property, int value, int least, String example) {
        if (value < least) {
            problems.add(property, value, "this is too small", "a whole number from " + least, example);
        }
    }

    private void checkTimeout(Duration timeout) {
        if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            problems.add(
                    "ratelimit.redis.timeout",
                    timeout,
                    timeout.compareTo(LONGEST_TIMEOUT) > 0
                            ? "a request would wait that long while Redis is slow"
                            : "no answer can arrive in so short a time",
                    "a duration from 1ms to 10s",
                    "100ms");
        }
    }

    private void checkCircuitBreaker(RateLimitProperties.CircuitBreaker breaker) {
        FailoverSettings defaults = FailoverSettings.DEFAULTS;
        String property = "ratelimit.redis.circuit-breaker.";
        accept(
                property + "failure-threshold",
                breaker.failureThreshold(),
                "3",
                () -> new FailoverSettings(
                        breaker.failureThreshold(),
                        defaults.slowCallDuration(),
                        defaults.openDuration(),
                        defaults.maxKeys()));
        accept(
                property + "slow-call-duration",
                breaker.slowCallDuration(),
                "50ms",
                () -> new FailoverSettings(
                        defaults.failureThreshold(),
                        breaker.slowCallDuration(),
                        defaults.openDuration(),
                        defaults.maxKeys()));
        accept(
                property + "open-duration",
                breaker.openDuration(),
                "1s",
                () -> new FailoverSettings(
                        defaults.failureThreshold(),
                        defaults.slowCallDuration(),
                        breaker.openDuration(),
                        defaults.maxKeys()));
    }

    private void checkFallback(RateLimitProperties.Fallback fallback) {
        checkAtLeast("ratelimit.redis.fallback.max-keys", fallback.maxKeys(), 1, "100000");
        if (!fallback.instances().equals("auto")
                && !INSTANCES.matcher(fallback.instances()).matches()) {
            problems.add(
                    "ratelimit.redis.fallback.instances",
                    fallback.instances(),
                    "this is no number of instances",
                    "auto, or a whole number from 1 to 999999",
                    "3");
        }
    }

    private void accept(String property, Object value, String example, Supplier<?> check) {
        try {
            var unused = check.get();
        } catch (IllegalArgumentException refused) {
            problems.add(property, value, refused, example);
        }
    }
}
