package io.ratelimit.spring.web.servlet;

import io.ratelimit.RateLimitExceededException;
import io.ratelimit.spring.web.RateLimitDenial;
import io.ratelimit.spring.web.RequestGate;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Answers denials that handlers and beans throw, unless the application has an exception handler for just that. Comes first:
 * a catch-all handler of the application would make an internal error of every denial.
 */
final class RateLimitExceptionResolver implements HandlerExceptionResolver, Ordered {
    private static final Logger log = LoggerFactory.getLogger(RateLimitExceptionResolver.class);

    private final RequestGate gate;
    private final ServletGate servletGate;
    private final Answers answers;
    private final ExceptionHandlers exceptionHandlers;

    RateLimitExceptionResolver(
            RequestGate gate, ServletGate servletGate, Answers answers, ExceptionHandlers exceptionHandlers) {
        this.gate = gate;
        this.servletGate = servletGate;
        this.answers = answers;
        this.exceptionHandlers = exceptionHandlers;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception thrown) {
        RateLimitExceededException exceeded = Exceeded.in(thrown);
        if (exceeded == null || response.isCommitted()) {
            return null;
        }
        RateLimitDenial denial = servletGate
                .refuse(ServletWebRequest.of(request, gate), response, exceeded.decision())
                .denial();
        denial.writeTo(response::setHeader);
        if (exceptionHandlers.handle(handler)) {
            return null;
        }
        try {
            answers.answer(denial, request, response);
        } catch (IOException | ServletException clientGone) {
            log.debug("A denial could not be written", clientGone);
        }
        return new ModelAndView();
    }
}
