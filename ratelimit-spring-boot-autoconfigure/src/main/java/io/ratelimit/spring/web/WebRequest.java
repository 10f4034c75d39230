package io.ratelimit.spring.web;

import io.ratelimit.identity.RequestView;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;

/**
 * A request as a front hands it to the {@link RequestGate}: who asks, as it came over the connection, and what is asked for,
 * as the application sees it by now.
 *
 * <p>One instance belongs to one request over all its phases. A front whose later filters see the request differently lets
 * the same instance tell so. Need not be safe for several threads at a time.
 */
public interface WebRequest extends RequestView {
    /** Returns the method as the application sees it, such as {@code GET}. */
    String method();

    /** Returns the method as it was sent; another one than {@link #method()} if something on the way has overridden it. */
    default String sentMethod() {
        return method();
    }

    /** Returns whether this is a CORS preflight, for whoever is on the way as for the application. */
    boolean isPreflight();

    /** Returns whether the request is on its way to another place inside the application, such as an error page. */
    default boolean isInnerDispatch() {
        return false;
    }

    /** Returns something that equals what it was before as long as method and path are the same. */
    Object target();

    /** Returns every path within the application that the request may be taken for, as {@link PathCandidates} finds them. */
    List<PathContainer> paths();

    /**
     * Returns the path within the application exactly as it was sent.
     *
     * @return the path, which begins with a slash; {@code null} if it is not known, or something on the way has changed it
     */
    @Nullable
    String sentPath();

    /** Returns the variables of the path pattern by which the application has found a handler; empty before it has. */
    default Map<String, String> pathVariables() {
        return Map.of();
    }

    /** Returns the first line of a header as the application sees it; {@code null} if there is none. */
    @Nullable
    String header(String name);

    /** Returns the query string as the application sees it, without decoding; {@code null} if there is none. */
    @Nullable
    String queryString();

    /** Returns the object that expressions know as {@code #request}. */
    Object nativeRequest();
}
