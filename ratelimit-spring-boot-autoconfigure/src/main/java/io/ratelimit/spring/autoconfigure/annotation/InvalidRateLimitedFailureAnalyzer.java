package io.ratelimit.spring.autoconfigure.annotation;

import io.ratelimit.spring.annotation.InvalidRateLimitedException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells the author of annotations everything that is wrong with them, in place of a stack trace. */
final class InvalidRateLimitedFailureAnalyzer extends AbstractFailureAnalyzer<InvalidRateLimitedException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidRateLimitedException cause) {
        return new FailureAnalysis(
                cause.getMessage(), "Correct the annotations above; the examples show right ones.", cause);
    }
}
