package io.ratelimit.spring.web.servlet;

import io.ratelimit.spring.decision.LimiterError;
import io.ratelimit.spring.decision.LimiterErrors;
import io.ratelimit.spring.web.RateLimitDenial;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Answers refused requests. */
final class DenialWriter {
    private static final String PROBLEM_JSON = "application/problem+json";

    private final @Nullable RateLimitResponseCustomizer customizer;
    private final LimiterErrors errors;

    DenialWriter(@Nullable RateLimitResponseCustomizer customizer, LimiterErrors errors) {
        this.customizer = customizer;
        this.errors = errors;
    }

    /** Answers the request, unless the response is under way already. */
    void write(RateLimitDenial denial, HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        response.resetBuffer();
        // Not sendError(), which has the container dispatch to an error page that may say something else.
        response.setStatus(denial.reason().status());
        denial.writeTo(response::setHeader);
        if (!customized(denial, request, response)) {
            writeDefault(denial, request, response);
        }
    }

    private boolean customized(RateLimitDenial denial, HttpServletRequest request, HttpServletResponse response) {
        if (customizer == null) {
            return false;
        }
        try {
            customizer.customize(denial, request, response);
            return true;
        } catch (Exception | LinkageError | AssertionError | StackOverflowError broken) {
            errors.report(LimiterError.CUSTOMIZER, "a denial", broken);
            if (response.isCommitted()) {
                return true;
            }
            response.resetBuffer();
            response.setStatus(denial.reason().status());
            return false;
        }
    }

    private static void writeDefault(RateLimitDenial denial, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        byte[] body = denial.problem();
        response.setContentType(PROBLEM_JSON);
        response.setContentLength(body.length);
        if ("HEAD".equals(request.getMethod())) {
            return;
        }
        try {
            response.getOutputStream().write(body);
        } catch (IllegalStateException writerInUse) {
            response.getWriter().write(new String(body, StandardCharsets.UTF_8));
        }
    }
}
