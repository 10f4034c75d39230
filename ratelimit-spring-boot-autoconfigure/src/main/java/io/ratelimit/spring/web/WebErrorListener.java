package io.ratelimit.spring.web;

import org.jspecify.annotations.Nullable;

/**
 * Is told of every failure around a decision.
 *
 * <p>Called on the thread that met it. Implementations are safe for any number of threads and must not block; what they
 * throw is dropped.
 */
@FunctionalInterface
public interface WebErrorListener {
    /**
     * Something failed, and the request went on.
     *
     * @param error what failed
     * @param cause what was thrown; {@code null} if a value was missing or unusable
     */
    void failed(WebError error, @Nullable Throwable cause);
}
