package io.ratelimit.identity;

/**
 * Is told when code of the application failed while it was asked who is asking. The request goes on as if that code did
 * not know.
 *
 * <p>Called on the request's thread. Implementations are safe for any number of threads; an exception that they
 * throw is dropped.
 */
@FunctionalInterface
public interface IdentityErrorListener {
    /**
     * Is told of one failure.
     *
     * @param kind what failed, fit for a metric's tag: {@code api-key}, {@code user}, {@code tier} or {@code ip}
     * @param failure what was thrown, or an exception that says that {@code null} was returned
     */
    void onIdentityError(String kind, Throwable failure);
}
