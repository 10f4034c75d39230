package io.ratelimit.spring.decision;

import org.jspecify.annotations.Nullable;

/**
 * Is told of every failure around a decision.
 *
 * <p>Called on the thread that met it. Implementations are safe for any number of threads and must not block; what they
 * throw is dropped.
 */
@FunctionalInterface
public interface LimiterErrorListener {
    /**
     * Something failed, and the request or the call went on.
     *
     * @param error what failed
     * @param cause what was thrown; {@code null} if a value was missing or unusable
     */
    void failed(LimiterError error, @Nullable Throwable cause);
}
