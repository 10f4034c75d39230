package io.ratelimit.spring.web.servlet;

import io.ratelimit.spring.web.PathCandidates;
import io.ratelimit.spring.web.QueryString;
import io.ratelimit.spring.web.RequestGate;
import io.ratelimit.spring.web.RequestState;
import io.ratelimit.spring.web.WebRequest;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.WebUtils;

/**
 * A servlet request and what the gate knows of it. Who asks is told by the container's own request, apart from the user; what
 * is asked for, and the user, by the request as the filters so far have made it, because that is how they hand both on.
 *
 * <p>Kept in an attribute of the request.
 */
final class ServletWebRequest implements WebRequest {
    private static final String ATTRIBUTE = ServletWebRequest.class.getName();

    private final HttpServletRequest container;
    private final RequestState state;
    private HttpServletRequest current;
    private @Nullable HttpServletResponse response;
    private @Nullable DispatcherType entry;

    private ServletWebRequest(HttpServletRequest request, Function<WebRequest, RequestState> begin) {
        this.container = NativeRequests.unwrap(request);
        this.current = request;
        this.state = begin.apply(this);
    }

    /** Returns a request that has come to the first of our filters: as it was sent, or as a filter before forwarded it. */
    static ServletWebRequest arrive(HttpServletRequest request, RequestGate gate) {
        ServletWebRequest arrived = new ServletWebRequest(request, gate::arrive);
        arrived.entry = request.getDispatcherType();
        request.setAttribute(ATTRIBUTE, arrived);
        return arrived;
    }

    /** Returns a request that has come to one of our filters, if it has, and goes on with it as it is by now. */
    static @Nullable ServletWebRequest find(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof ServletWebRequest found) {
            found.current = request;
            return found;
        }
        return null;
    }

    /** Returns a request wherever it is met, also if no filter of ours has seen it. */
    static ServletWebRequest of(HttpServletRequest request, RequestGate gate) {
        ServletWebRequest found = find(request);
        if (found == null) {
            found = imagined(request, gate);
            request.setAttribute(ATTRIBUTE, found);
        }
        return found;
    }

    /** Returns a request that nobody has made. */
    static ServletWebRequest imagined(HttpServletRequest request, RequestGate gate) {
        return new ServletWebRequest(request, gate::begin);
    }

    RequestState state() {
        return state;
    }

    /** Returns the response whose headers tell about the decisions; {@code null} if no filter of ours saw the request. */
    @Nullable
    HttpServletResponse response() {
        return response;
    }

    void answerBy(HttpServletResponse other) {
        response = other;
    }

    /** Returns whether the request has come to one of our filters. */
    boolean hasArrived() {
        return entry != null;
    }

    @Override
    public String method() {
        return current.getMethod();
    }

    @Override
    public String sentMethod() {
        return container.getMethod();
    }

    /**
     * A browser asks on its own whether it may send the request that matters; counting that under the same rules would
     * charge twice. But only if nothing behind takes it for another method.
     */
    @Override
    public boolean isPreflight() {
        return CorsUtils.isPreFlightRequest(current)
                && (current == container || CorsUtils.isPreFlightRequest(container));
    }

    /** Returns whether this dispatch is one inside that with which the request came in. */
    @Override
    public boolean isInnerDispatch() {
        return current.getDispatcherType() != (entry == null ? DispatcherType.REQUEST : entry);
    }

    private record Target(
            @Nullable DispatcherType dispatch, @Nullable String method, String path) {}

    @Override
    public Object target() {
        return new Target(current.getDispatcherType(), current.getMethod(), pathOf(current));
    }

    @Override
    public List<PathContainer> paths() {
        PathCandidates candidates = new PathCandidates();
        addTo(candidates, current);
        // A dispatch inside the application wraps the request too; there the wrapper tells where it goes.
        if (container != current
                && current.getDispatcherType() == DispatcherType.REQUEST
                && !pathOf(container).equals(pathOf(current))) {
            addTo(candidates, container);
        }
        return candidates.all();
    }

    private static void addTo(PathCandidates candidates, HttpServletRequest request) {
        String servlet = ServletRequestPathUtils.getServletPathPrefix(request);
        candidates.add(pathOf(request), contextOf(request), servlet == null ? "" : servlet);
    }

    /** Returns the path that a dispatch goes to, as it was sent and with the context path. */
    private static String pathOf(HttpServletRequest request) {
        Object included = request.getAttribute(WebUtils.INCLUDE_REQUEST_URI_ATTRIBUTE);
        String path = included instanceof String uri ? uri : request.getRequestURI();
        return path == null ? "" : path;
    }

    private static String contextOf(HttpServletRequest request) {
        return request.getContextPath() == null ? "" : request.getContextPath();
    }

    @Override
    public @Nullable String sentPath() {
        String sent = container.getRequestURI();
        String context = contextOf(container);
        if (sent == null || !sent.startsWith(context)) {
            return null;
        }
        String path = sent.substring(context.length());
        boolean unchanged = current == container || (current.getContextPath() + path).equals(current.getRequestURI());
        return unchanged ? path.isEmpty() ? "/" : path : null;
    }

    @Override
    @SuppressWarnings("unchecked") // Spring MVC puts it there as such.
    public Map<String, String> pathVariables() {
        Object variables = current.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
        return variables instanceof Map<?, ?> map ? (Map<String, String>) map : Map.of();
    }

    @Override
    public @Nullable String header(String name) {
        return current.getHeader(name);
    }

    @Override
    public @Nullable String queryString() {
        return current.getQueryString();
    }

    @Override
    public HttpServletRequest nativeRequest() {
        return new PeerAddressRequest(current);
    }

    @Override
    public String remoteAddress() {
        return Connections.address(container);
    }

    @Override
    public List<String> headers(String name) {
        return Connections.headers(container, name);
    }

    @Override
    public List<String> queryParameters(String name) {
        // Not from getParameterValues(), which would read the body of a form.
        return QueryString.values(container.getQueryString(), name);
    }

    @Override
    public @Nullable String userName() {
        Principal user = current.getUserPrincipal();
        return user == null ? null : user.getName();
    }
}
