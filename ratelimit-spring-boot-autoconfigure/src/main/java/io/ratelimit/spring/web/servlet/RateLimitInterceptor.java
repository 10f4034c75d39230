package io.ratelimit.spring.web.servlet;

import io.ratelimit.RateLimitExceededException;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.rule.Rule;
import io.ratelimit.spring.decision.LimiterError;
import io.ratelimit.spring.web.GateAnswer;
import io.ratelimit.spring.web.HandlerRules;
import io.ratelimit.spring.web.RequestGate;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
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
    private final ServletGate servletGate;
    private final Answers answers;
    private final HeldRequests held;

    RateLimitInterceptor(
            HandlerRules handlerRules, RequestGate gate, ServletGate servletGate, Answers answers, HeldRequests held) {
        this.handlerRules = handlerRules;
        this.gate = gate;
        this.servletGate = servletGate;
        this.answers = answers;
        this.held = held;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws IOException, ServletException {
        DispatcherType dispatch = request.getDispatcherType();
        if (dispatch == DispatcherType.ERROR) {
            return true;
        }
        ServletWebRequest limited = ServletWebRequest.of(request, gate);
        GateAnswer answer = servletGate.enterHandler(limited, response, rulesFor(handler));
        if (answer instanceof GateAnswer.Denied denied) {
            denied.denial().writeTo(response::setHeader);
            throw new RateLimitExceededException(denied.denial().decision().orElseThrow());
        }
        // An included part has no life of its own that could be put off.
        return !(answer instanceof GateAnswer.Waiting waiting)
                || dispatch == DispatcherType.INCLUDE
                || hasTurn(limited, waiting, request, response);
    }

    private List<Rule> rulesFor(Object handler) {
        try {
            return handler instanceof HandlerMethod method ? handlerRules.rulesFor(method) : List.of();
        } catch (RuntimeException defect) {
            gate.errors().report(LimiterError.DECISION, "a handler", defect);
            return List.of();
        }
    }

    private boolean hasTurn(
            ServletWebRequest limited,
            GateAnswer.Waiting waiting,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException, ServletException {
        if (waiting.delay().isZero()) {
            gate.takeTurn(limited.state());
            return true;
        }
        if (!held.hold(request, response, waiting.delay(), awaited(waiting.decision()))) {
            answers.answer(servletGate.turnAway(limited).denial(), request, response);
            return false;
        }
        gate.takeTurn(limited.state());
        if (WebUtils.getNativeRequest(request, MultipartHttpServletRequest.class) != null) {
            // Otherwise MVC takes the request for finished and deletes the uploaded files.
            WebAsyncUtils.getAsyncManager(request).setAsyncWebRequest(new HeldWebRequest(request, response));
        }
        return false;
    }

    /** Returns the counter that makes the request wait longest, without an owner where it is everybody's. */
    private Key awaited(Decision decision) {
        Key awaited = decision.binding().demand().key();
        for (LimitDecision limit : decision.limits()) {
            if (limit.delay().equals(decision.delay())) {
                awaited = limit.demand().key();
                break;
            }
        }
        return gate.isEverybody(awaited.owner()) ? new Key("", awaited.counter()) : awaited;
    }
}
