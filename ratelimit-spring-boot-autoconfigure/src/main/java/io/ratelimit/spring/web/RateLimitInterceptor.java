package io.ratelimit.spring.web;

import io.ratelimit.RateLimitExceededException;
import io.ratelimit.limit.Decision;
import io.ratelimit.rule.Rule;
import io.ratelimit.spring.decision.LimiterError;
import io.ratelimit.spring.decision.LimiterErrors;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.springframework.web.context.request.async.WebAsyncUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.multipart.MultipartHttpServletRequest;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.util.WebUtils;

/**
 * Enforces the rules of a handler before its arguments are bound, and has requests wait here for their turn in a leaky
 * bucket. A denial is thrown, so that the application's exception handlers can answer it.
 */
final class RateLimitInterceptor implements HandlerInterceptor {
    private final HandlerRules handlerRules;
    private final RequestGate gate;
    private final Answers answers;
    private final HeldRequests held;
    private final LimiterErrors errors;
    private final LongSupplier nanoTime;

    RateLimitInterceptor(
            HandlerRules handlerRules,
            RequestGate gate,
            Answers answers,
            HeldRequests held,
            LimiterErrors errors,
            LongSupplier nanoTime) {
        this.handlerRules = handlerRules;
        this.gate = gate;
        this.answers = answers;
        this.held = held;
        this.errors = errors;
        this.nanoTime = nanoTime;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws IOException, ServletException {
        DispatcherType dispatch = request.getDispatcherType();
        if (dispatch == DispatcherType.ERROR) {
            return true;
        }
        RequestState state = gate.state(request);
        Optional<Decision> denied = gate.enterHandler(state, request, response, rulesFor(handler));
        if (denied.isPresent()) {
            DenialWriter.writeHeaders(gate.denial(state, response, denied.get()), response);
            throw new RateLimitExceededException(denied.get());
        }
        // An included part has no life of its own that could be put off.
        return dispatch == DispatcherType.INCLUDE || hasTurn(state, request, response);
    }

    private List<Rule> rulesFor(Object handler) {
        try {
            return handler instanceof HandlerMethod method ? handlerRules.rulesFor(method) : List.of();
        } catch (RuntimeException defect) {
            errors.report(LimiterError.DECISION, "a handler", defect);
            return List.of();
        }
    }

    private boolean hasTurn(RequestState state, HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        Turn.Place place = state.turn().end();
        if (place == null) {
            return true;
        }
        Duration wait = place.remaining(nanoTime.getAsLong());
        if (wait.isZero()) {
            return true;
        }
        if (!held.hold(request, response, wait)) {
            answers.answer(gate.turnAway(state, place), request, response);
        } else if (WebUtils.getNativeRequest(request, MultipartHttpServletRequest.class) != null) {
            // Otherwise MVC takes the request for finished and deletes the uploaded files.
            WebAsyncUtils.getAsyncManager(request).setAsyncWebRequest(new HeldWebRequest(request, response));
        }
        return false;
    }
}
