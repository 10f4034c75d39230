package io.ratelimit.spring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells what to do about a Spring Boot that is too old, without a stack trace. */
final class UnsupportedBootVersionFailureAnalyzer extends AbstractFailureAnalyzer<UnsupportedBootVersionException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnsupportedBootVersionException cause) {
        return new FailureAnalysis(
                "ratelimit-spring-boot-starter does not run on this version. " + cause.getMessage(),
                "Upgrade spring-boot-starter-parent, or the import of spring-boot-dependencies; or remove the starter.",
                cause);
    }
}
