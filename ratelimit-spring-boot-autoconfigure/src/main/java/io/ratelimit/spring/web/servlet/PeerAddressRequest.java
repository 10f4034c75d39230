package io.ratelimit.spring.web.servlet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;

/**
 * The request as the application sees it, but with the address of the connection: Spring's {@code ForwardedHeaderFilter} and
 * Jetty believe whatever the client claims, and a key made from that would be a fresh quota for every claim.
 */
final class PeerAddressRequest extends HttpServletRequestWrapper {
    private final HttpServletRequest container;

    PeerAddressRequest(HttpServletRequest request) {
        super(request);
        this.container = NativeRequests.unwrap(request);
    }

    @Override
    public String getRemoteAddr() {
        return Connections.address(container);
    }

    @Override
    public String getRemoteHost() {
        // As containers do that look no names up.
        return Connections.address(container);
    }

    @Override
    public int getRemotePort() {
        return Connections.port(container);
    }
}
