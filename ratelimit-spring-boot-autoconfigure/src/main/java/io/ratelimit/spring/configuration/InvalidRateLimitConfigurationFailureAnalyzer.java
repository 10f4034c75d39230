package io.ratelimit.spring.configuration;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Tells the author of a configuration everything that is wrong with it, in place of a stack trace. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class InvalidRateLimitConfigurationFailureAnalyzer
        extends AbstractFailureAnalyzer<InvalidRateLimitConfigurationException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidRateLimitConfigurationException cause) {
        String action = cause.problems().size() == 1
                ? "Correct the property above; the example shows a right value."
                : "Correct the " + cause.problems().size() + " properties above; the examples show right values.";
        return new FailureAnalysis(cause.getMessage(), action, cause);
    }
}
