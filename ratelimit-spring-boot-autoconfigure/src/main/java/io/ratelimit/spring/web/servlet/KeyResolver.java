package io.ratelimit.spring.web.servlet;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whose quota a request counts against. A rule names such a bean as its {@code key}.
 *
 * <p>Called on the request's thread and not bounded in time: do not block.
 */
@FunctionalInterface
public interface KeyResolver {
    /**
     * Returns who is asking.
     *
     * @param request the request; its remote address is the one of the connection, whatever the client's headers claim
     * @return any text; {@code null}, blank, or an exception: the request counts by its address
     */
    @Nullable
    String resolve(HttpServletRequest request);
}
