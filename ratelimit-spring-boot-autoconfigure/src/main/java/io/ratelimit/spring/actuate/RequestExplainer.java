package io.ratelimit.spring.actuate;

import org.jspecify.annotations.Nullable;

/** Tells what would become of a request, in a form that can be written as JSON. */
@FunctionalInterface
public interface RequestExplainer {
    /**
     * Explains a request that nobody has made; nothing is charged.
     *
     * @param method the HTTP method
     * @param path the path within the application
     * @param address the address of the connection
     * @param user the name of the authenticated user; {@code null} if there is none
     */
    Object explain(String method, String path, String address, @Nullable String user);
}
