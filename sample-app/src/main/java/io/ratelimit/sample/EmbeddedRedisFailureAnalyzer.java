package io.ratelimit.sample;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says how to run the sample where its own Redis does not run. */
final class EmbeddedRedisFailureAnalyzer extends AbstractFailureAnalyzer<EmbeddedRedisException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, EmbeddedRedisException cause) {
        return new FailureAnalysis(
                cause.getMessage(),
                "Name a Redis, such as --spring.data.redis.host=localhost --spring.data.redis.port=6379,"
                        + " or run without one: --ratelimit.backend=memory",
                cause);
    }
}
