package io.ratelimit.spring.web;

import io.ratelimit.identity.RequestView;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a servlet request tells about who is asking: all from the container's own request, but the user from the request as
 * the filters so far have made it, because that is how Spring Security hands the user on.
 */
final class HttpRequestView implements RequestView {
    private final HttpServletRequest container;
    private HttpServletRequest current;

    HttpRequestView(HttpServletRequest request) {
        this.container = NativeRequests.unwrap(request);
        this.current = request;
    }

    /** Goes on with the request as a later filter sees it. */
    void use(HttpServletRequest request) {
        this.current = request;
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
