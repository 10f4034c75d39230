package io.ratelimit.spring.annotation;

/**
 * Is told of every failure around a limited call.
 *
 * <p>Called on the thread that met it. Implementations are safe for any number of threads and must not block; what they
 * throw is dropped.
 */
@FunctionalInterface
public interface CallErrorListener {
    /**
     * Something failed, and the call went on.
     *
     * @param error what failed
     * @param cause what was thrown, or an exception that says what is wrong with a value
     */
    void failed(CallError error, Throwable cause);
}
