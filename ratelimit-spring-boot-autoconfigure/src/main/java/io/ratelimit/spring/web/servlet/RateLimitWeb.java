package io.ratelimit.spring.web.servlet;

import io.ratelimit.rule.Phase;
import io.ratelimit.spring.web.HandlerRules;
import io.ratelimit.spring.web.RequestExplanation;
import io.ratelimit.spring.web.RequestGate;
import io.ratelimit.spring.web.WebRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.handler.MappedInterceptor;

/**
 * Everything that stands in front of a servlet application, made from the limiter and the rules. Its parts belong together
 * and are each to be registered once:
 *
 * <ul>
 *   <li>where Spring Security is there, the {@link #filter} of {@link Phase#BEFORE_AUTHENTICATION} before its filter and that
 *       of {@link Phase#AFTER_AUTHENTICATION} behind it; otherwise one filter of both phases. All dispatcher types.
 *   <li>{@link #interceptor} as a bean: a {@link MappedInterceptor} bean reaches every handler mapping, those of actuator
 *       endpoints too.
 *   <li>{@link #exceptionResolver} as a bean.
 *   <li>{@link #requestRules} as a bean, for the annotation layer and the application.
 * </ul>
 *
 * <p>Addresses come from the connection and the forwarded header of trusted proxies, whatever
 * {@code server.forward-headers-strategy} makes of the request: never from what Spring's {@code ForwardedHeaderFilter}, Jetty's
 * customizer or, where its first valve calls {@link KeptConnection#keep}, Tomcat's {@code RemoteIpValve} put there.
 *
 * <p>Safe for any number of threads. Closing it wakes the requests that wait for their turn.
 */
public final class RateLimitWeb implements AutoCloseable {
    private final RequestGate gate;
    private final ServletGate servletGate;
    private final Answers answers;
    private final HeldRequests held;
    private final RateLimitInterceptor interceptor;
    private final RateLimitExceptionResolver exceptionResolver;

    /**
     * Puts a gate in front of a servlet application.
     *
     * @param context where CORS configuration and exception handlers of the application are looked up when they are needed
     * @param gate decides
     * @param handlerRules which rules handlers ask for themselves
     * @param customizer writes the answer to refused requests; {@code null}: a problem in JSON
     */
    public RateLimitWeb(
            ApplicationContext context,
            RequestGate gate,
            HandlerRules handlerRules,
            @Nullable RateLimitResponseCustomizer customizer) {
        this.gate = gate;
        this.servletGate = new ServletGate(gate);
        CorsSources cors = new CorsSources(context);
        this.answers = new Answers(
                new DenialWriter(customizer, gate.errors()),
                new CorsAnswers(cors::filters, cors::configuration, gate.errors()));
        this.held = new HeldRequests(gate.settings().maxHeld());
        this.interceptor = new RateLimitInterceptor(handlerRules, gate, servletGate, answers, held);
        this.exceptionResolver =
                new RateLimitExceptionResolver(gate, servletGate, answers, new ExceptionHandlers(context));
    }

    /** Returns resolvers in the form in which a gate asks them. */
    public static Map<String, Function<WebRequest, @Nullable String>> keys(Map<String, KeyResolver> resolvers) {
        Map<String, Function<WebRequest, @Nullable String>> keys = new HashMap<>();
        resolvers.forEach((name, resolver) ->
                keys.put(name, request -> resolver.resolve((HttpServletRequest) request.nativeRequest())));
        return keys;
    }

    /** Returns the filter that decides the rules of these phases as one. */
    public RateLimitFilter filter(Set<Phase> phases) {
        return new RateLimitFilter(phases, gate, servletGate, answers);
    }

    /** Returns what enforces the rules of handlers, and holds requests until it is their turn. */
    public MappedInterceptor interceptor() {
        return new MappedInterceptor((String[]) null, interceptor);
    }

    /** Returns what answers denials that are thrown as exceptions. */
    public HandlerExceptionResolver exceptionResolver() {
        return exceptionResolver;
    }

    /** Returns the way for the application to ask rules about the request that it is handling. */
    public RequestRules requestRules() {
        return servletGate;
    }

    /** Tells what would become of a request, and charges nothing for it. */
    public RequestExplanation explain(HttpServletRequest request) {
        return gate.explain(ServletWebRequest.imagined(request, gate));
    }

    /** Returns how many requests wait for their turn in a leaky bucket now. */
    public int heldRequests() {
        return held.count();
    }

    @Override
    public void close() {
        held.close();
    }
}
