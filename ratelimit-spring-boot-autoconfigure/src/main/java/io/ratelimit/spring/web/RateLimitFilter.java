package io.ratelimit.spring.web;

import io.ratelimit.RateLimitExceededException;
import io.ratelimit.rule.Phase;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Admits or refuses requests by the rules of one phase, or of both where nothing authenticates in between.
 *
 * <p>Made by {@link RateLimitWeb}. To be mapped to all dispatcher types: a request that an application forwards to another
 * path is counted by that path's rules too, though by none twice.
 */
public final class RateLimitFilter extends OncePerRequestFilter {
    private final Set<Phase> phases;
    private final RequestGate gate;
    private final Answers answers;
    private final QuotaHeaders headers;
    private final MvcRequests mvc;

    RateLimitFilter(Set<Phase> phases, RequestGate gate, Answers answers, QuotaHeaders headers, MvcRequests mvc) {
        this.phases = Set.copyOf(phases);
        this.gate = gate;
        this.answers = answers;
        this.headers = headers;
        this.mvc = mvc;
    }

    /** Names the phases too: two filters of this class must not take each other for themselves. */
    @Override
    protected String getAlreadyFilteredAttributeName() {
        return super.getAlreadyFilteredAttributeName() + phases;
    }

    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        // "Once per request" is once per rule here: a forward inside this request has to come through again.
        request.removeAttribute(getAlreadyFilteredAttributeName());
        RequestState state = gate.state(request);
        if (state.hasEntered() || request.getDispatcherType() == DispatcherType.ERROR) {
            proceed(state, request, response, chain);
            return;
        }
        gate.arrive(state, request);
        HttpServletResponse exposing = request.getHeader(HttpHeaders.ORIGIN) == null || state.isFree()
                ? response
                : new ExposingResponse(response, headers.names());
        state.enter(request, exposing);
        if (gate.countsStatuses() && !state.isFree()) {
            proceedCounting(state, request, exposing, chain);
        } else {
            proceed(state, request, exposing, chain);
        }
    }

    private void proceedCounting(
            RequestState state, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        FinalStatus status = new FinalStatus(response, code -> gate.settle(state, code));
        boolean returned = false;
        try {
            proceed(state, request, response, chain);
            returned = true;
        } finally {
            if (returned) {
                status.returned(request);
            } else {
                status.threw();
            }
        }
    }

    private void proceed(
            RequestState state, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<RateLimitDenial> denial = gate.enter(state, request, response, phases);
        if (denial.isEmpty() && state.turn().isWaiting() && !mvc.include(request)) {
            denial = turnAway(state);
        }
        if (denial.isPresent()) {
            answers.answer(denial.get(), request, response);
            return;
        }
        try {
            chain.doFilter(request, response);
        } catch (ServletException | RuntimeException failure) {
            RateLimitExceededException exceeded = Exceeded.in(failure);
            if (exceeded == null || response.isCommitted()) {
                throw failure;
            }
            answers.answer(gate.denial(state, response, exceeded.decision()), request, response);
        }
    }

    private Optional<RateLimitDenial> turnAway(RequestState state) {
        Turn.Place place = state.turn().end();
        return place == null ? Optional.empty() : Optional.of(gate.turnAway(state, place));
    }
}
