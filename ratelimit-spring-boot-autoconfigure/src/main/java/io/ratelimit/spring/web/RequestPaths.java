package io.ratelimit.spring.web;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.RequestPath;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.UriUtils;
import org.springframework.web.util.WebUtils;

/**
 * Every path within the application that a request may be taken for: as Spring MVC will match it, and in its one canonical
 * spelling; with and without the path of the servlet; and, where a filter has wrapped the request and changed its path,
 * before and after. A rule that matches one of them applies.
 */
final class RequestPaths {
    private RequestPaths() {}

    /** Returns the different paths, normally one. The root is among them as a slash, also where it is nothing at all. */
    static List<PathContainer> of(HttpServletRequest request) {
        Map<String, PathContainer> paths = new LinkedHashMap<>(4);
        addAll(request, paths);
        // A dispatch inside the application wraps the request too; there the wrapper tells where it goes.
        if (request.getDispatcherType() == DispatcherType.REQUEST) {
            HttpServletRequest container = NativeRequests.unwrap(request);
            if (container != request && !pathOf(container).equals(pathOf(request))) {
                addAll(container, paths);
            }
        }
        return List.copyOf(paths.values());
    }

    /** Returns the path that a dispatch goes to, as it was sent and with the context path. */
    static String pathOf(HttpServletRequest request) {
        Object included = request.getAttribute(WebUtils.INCLUDE_REQUEST_URI_ATTRIBUTE);
        String path = included instanceof String uri ? uri : request.getRequestURI();
        return path == null ? "" : path;
    }

    private static void addAll(HttpServletRequest request, Map<String, PathContainer> paths) {
        String path = pathOf(request);
        String context = request.getContextPath() == null ? "" : request.getContextPath();
        String servlet = ServletRequestPathUtils.getServletPathPrefix(request);
        addAsMapped(path, context, paths);
        CanonicalPath canonical =
                PathSpelling.isPlain(path) ? null : CanonicalPath.of(path).within(CanonicalPath.of(context));
        if (canonical != null) {
            add(canonical.toContainer(), paths);
        }
        if (servlet != null && !servlet.isEmpty()) {
            addAsMapped(path, context + UriUtils.encodePath(servlet, StandardCharsets.UTF_8), paths);
            if (canonical != null) {
                // The container has decoded and normalised this one already.
                add(canonical.within(CanonicalPath.ofDecoded(servlet)).toContainer(), paths);
            }
        }
    }

    /**
     * Adds the path as Spring MVC sees it. Jetty gives a context path that some spellings of the request do not begin with;
     * MVC refuses those with the same exception, and the canonical path stands in for whatever else may serve them.
     */
    private static void addAsMapped(String path, String prefix, Map<String, PathContainer> paths) {
        try {
            PathContainer within = RequestPath.parse(path, prefix).pathWithinApplication();
            add(within, paths);
            if (within.value().isEmpty()) {
                // Nothing behind the prefix is the root, which a rule writes as a slash.
                add(PathContainer.parsePath("/"), paths);
            }
        } catch (IllegalArgumentException unparsable) {
            add(CanonicalPath.of(path).within(CanonicalPath.of(prefix)).toContainer(), paths);
        }
    }

    private static void add(PathContainer path, Map<String, PathContainer> paths) {
        paths.putIfAbsent(path.value(), path);
    }
}
