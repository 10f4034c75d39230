package io.ratelimit.spring.web.servlet;

import io.ratelimit.spring.web.RateLimitDenial;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** Writes the answer to a refused request in place of the default {@code application/problem+json} body. */
@FunctionalInterface
public interface RateLimitResponseCustomizer {
    /**
     * Writes the answer. Status and headers are set already and may be changed.
     *
     * @param denial why the request is refused
     * @param request the request
     * @param response the response; nothing has been written to its body
     * @throws Exception if it cannot; the client gets the default answer then
     */
    void customize(RateLimitDenial denial, HttpServletRequest request, HttpServletResponse response) throws Exception;
}
