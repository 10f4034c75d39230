package io.ratelimit.spring.web.servlet;

import io.ratelimit.spring.decision.LimiterError;
import io.ratelimit.spring.decision.LimiterErrors;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.cors.DefaultCorsProcessor;
import org.springframework.web.filter.CorsFilter;

/**
 * Gives a denial the CORS headers of the application, so that a script of an allowed origin can read it.
 *
 * <p>A denial before Spring Security and MVC comes too early for what they would add. So the application's own CORS filters
 * are asked first, and if none has allowed the origin, its configurations for the request. A preflight is answered alike: a
 * browser takes anything but success for a no, and tells the developer why only if the origin is allowed.
 */
final class CorsAnswers {
    private final Function<HttpServletRequest, List<? extends Filter>> filters;
    private final Function<HttpServletRequest, @Nullable CorsConfiguration> configuration;
    private final LimiterErrors errors;

    CorsAnswers(
            Function<HttpServletRequest, List<? extends Filter>> filters,
            Function<HttpServletRequest, @Nullable CorsConfiguration> configuration,
            LimiterErrors errors) {
        this.filters = filters;
        this.configuration = configuration;
        this.errors = errors;
    }

    /** Writes an answer. */
    @FunctionalInterface
    interface Writer {
        void write() throws IOException;
    }

    void around(HttpServletRequest request, HttpServletResponse response, Writer writer)
            throws IOException, ServletException {
        if (isOpen(request, response)) {
            prepare(request, response);
        }
        writer.write();
    }

    private static boolean isOpen(HttpServletRequest request, HttpServletResponse response) {
        return !ExposingResponse.allowsOrigin(response) && comesFromElsewhere(request);
    }

    private static boolean comesFromElsewhere(HttpServletRequest request) {
        try {
            return CorsUtils.isCorsRequest(request);
        } catch (RuntimeException malformed) {
            // An Origin header that is no URI: the client's mistake, so nothing to report, and no origin to allow.
            return false;
        }
    }

    private void prepare(HttpServletRequest request, HttpServletResponse response) {
        try {
            for (Filter filter : filters.apply(request)) {
                if (filter instanceof CorsFilter && isOpen(request, response)) {
                    // With nothing behind it, it adds its headers or, if the origin is not allowed, an answer that ours
                    // replaces.
                    filter.doFilter(request, new HeadersOnlyResponse(response), (rest, answer) -> {});
                }
            }
            if (isOpen(request, response)) {
                CorsConfiguration allowed = configuration.apply(request);
                if (allowed != null && allows(allowed, request)) {
                    new DefaultCorsProcessor().processRequest(allowed, request, new HeadersOnlyResponse(response));
                }
            }
        } catch (Exception | LinkageError | AssertionError | StackOverflowError broken) {
            errors.report(LimiterError.CORS, "a denial", broken);
        }
    }

    private static boolean allows(CorsConfiguration configuration, HttpServletRequest request) {
        String method = CorsUtils.isPreFlightRequest(request)
                ? request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD)
                : request.getMethod();
        return configuration.checkOrigin(request.getHeader(HttpHeaders.ORIGIN)) != null
                && configuration.checkHttpMethod(HttpMethod.valueOf(method)) != null;
    }
}
