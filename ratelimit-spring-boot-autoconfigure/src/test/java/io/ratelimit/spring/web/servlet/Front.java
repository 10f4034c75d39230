package io.ratelimit.spring.web.servlet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.List;
import org.springframework.web.filter.ForwardedHeaderFilter;
import org.springframework.web.filter.HiddenHttpMethodFilter;

/** Filters that applications put in front and that change what a request says. */
final class Front {
    private Front() {}

    /** {@code server.forward-headers-strategy: framework}. */
    static void believesForwardedHeaders(TestServer server) {
        server.board.front = List.of(new ForwardedHeaderFilter());
    }

    /** A filter that lets a header or a form's field say which method is meant. */
    static void overridesMethods(TestServer server) {
        server.board.front = List.of(
                new HiddenHttpMethodFilter(),
                (request, response, chain) -> chain.doFilter(overridden((HttpServletRequest) request), response));
    }

    private static HttpServletRequest overridden(HttpServletRequest request) {
        String method = request.getHeader("X-HTTP-Method-Override");
        return method == null
                ? request
                : new HttpServletRequestWrapper(request) {
                    @Override
                    public String getMethod() {
                        return method;
                    }
                };
    }

    /** A filter that lets a header say which path is meant. */
    static void rewritesPaths(TestServer server) {
        server.board.front = List.of(
                (request, response, chain) -> chain.doFilter(rewritten((HttpServletRequest) request), response));
    }

    private static HttpServletRequest rewritten(HttpServletRequest request) {
        String original = request.getHeader("X-Original-URL");
        String path = original == null ? request.getHeader("X-Rewrite-URL") : original;
        return path == null
                ? request
                : new HttpServletRequestWrapper(request) {
                    @Override
                    public String getRequestURI() {
                        return getContextPath() + path;
                    }

                    @Override
                    public String getServletPath() {
                        return path;
                    }
                };
    }
}
