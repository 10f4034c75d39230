package io.ratelimit.spring.web.servlet;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;

/** Finds the container's own request below what filters have wrapped around it. */
final class NativeRequests {
    private NativeRequests() {}

    /**
     * Returns the request as the container made it. A wrapper such as that of Spring's {@code ForwardedHeaderFilter} puts
     * what the client claims in place of what is true, and hides the headers that it read.
     */
    static HttpServletRequest unwrap(HttpServletRequest request) {
        ServletRequest inner = request;
        while (inner instanceof ServletRequestWrapper wrapper) {
            inner = wrapper.getRequest();
        }
        return inner instanceof HttpServletRequest http ? http : request;
    }
}
