package io.ratelimit.spring.web.servlet;

import jakarta.servlet.http.HttpServletRequest;
import org.eclipse.jetty.ee11.servlet.ServletApiRequest;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a connection to Jetty. Its {@code ForwardedRequestCustomizer} believes anybody's headers, but it
 * wraps the request in what it believes, and leaves the request and the headers that it reads as they are.
 *
 * <p>Nothing here may be touched without Jetty on the class path.
 */
final class JettyConnection {
    private JettyConnection() {}

    /** Returns the address; {@code null} if the request is not one of Jetty's. */
    static @Nullable String address(HttpServletRequest container) {
        return container instanceof ServletApiRequest jetty
                ? Request.getRemoteAddr(Request.unWrap(jetty.getRequest()))
                : null;
    }

    /** Returns the port; {@code null} if the request is not one of Jetty's. */
    static @Nullable Integer port(HttpServletRequest container) {
        return container instanceof ServletApiRequest jetty
                ? Request.getRemotePort(Request.unWrap(jetty.getRequest()))
                : null;
    }
}
