package io.ratelimit.spring.web.servlet;

import io.ratelimit.RateLimitExceededException;
import io.ratelimit.rule.Phase;
import io.ratelimit.spring.web.GateAnswer;
import io.ratelimit.spring.web.RequestGate;
import io.ratelimit.spring.web.RequestState;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
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
    private final ServletGate servletGate;
    private final Answers answers;
    private final MvcRequests mvc = new MvcRequests();
    private final String exposedHeaders;
    private final String alreadyFiltered;

    RateLimitFilter(Set<Phase> phases, RequestGate gate, ServletGate servletGate, Answers answers) {
        this.phases = Set.copyOf(phases);
        this.gate = gate;
        this.servletGate = servletGate;
        this.answers = answers;
        this.exposedHeaders = String.join(", ", gate.headerNames());
        // Names the phases: two filters of this class must not take each other for themselves.
        this.alreadyFiltered = RateLimitFilter.class.getName() + phases;
    }

    @Override
    protected String getAlreadyFilteredAttributeName() {
        return alreadyFiltered;
    }

    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        // "Once per request" is once per rule here: a forward inside this request has to come through again.
        request.removeAttribute(alreadyFiltered);
        ServletWebRequest known = ServletWebRequest.find(request);
        if (known != null && known.hasArrived()) {
            proceed(known, request, response, chain, false);
        } else if (request.getDispatcherType() == DispatcherType.ERROR) {
            proceed(ServletWebRequest.of(request, gate), request, response, chain, false);
        } else {
            ServletWebRequest arrived = ServletWebRequest.arrive(request, gate);
            boolean plain = request.getHeader(HttpHeaders.ORIGIN) == null
                    || arrived.state().isFree();
            HttpServletResponse told = plain ? response : new ExposingResponse(response, exposedHeaders);
            arrived.answerBy(told);
            proceed(arrived, request, told, chain, true);
        }
    }

    /** Goes on, unless the request is refused. The filter that it came to first also learns how it ends. */
    private void proceed(
            ServletWebRequest limited,
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain,
            boolean first)
            throws ServletException, IOException {
        GateAnswer answer = servletGate.enter(limited, response, phases);
        if (answer instanceof GateAnswer.Waiting && !mvc.include(request)) {
            answer = servletGate.turnAway(limited);
        }
        if (answer instanceof GateAnswer.Denied denied) {
            answers.answer(denied.denial(), request, response);
            return;
        }
        RequestState state = limited.state();
        if (!first || !state.needsCompletion()) {
            follow(limited, request, response, chain);
            return;
        }
        FinalStatus status = new FinalStatus(response, code -> gate.complete(state, code));
        boolean returned = false;
        try {
            follow(limited, request, response, chain);
            returned = true;
        } finally {
            if (returned) {
                status.returned(request);
            } else {
                status.threw();
            }
        }
    }

    private void follow(
            ServletWebRequest limited, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try {
            chain.doFilter(request, response);
        } catch (ServletException | RuntimeException failure) {
            RateLimitExceededException exceeded = Exceeded.in(failure);
            if (exceeded == null || response.isCommitted()) {
                throw failure;
            }
            answers.answer(
                    servletGate.refuse(limited, response, exceeded.decision()).denial(), request, response);
        }
    }
}
