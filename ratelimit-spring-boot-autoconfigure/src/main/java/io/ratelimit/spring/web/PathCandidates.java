package io.ratelimit.spring.web;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.RequestPath;
import org.springframework.web.util.UriUtils;

/**
 * Collects every path within the application that a request may be taken for: as Spring will match it, and in its one
 * canonical spelling; with and without the path of what serves it, such as a servlet. A rule that matches one of them applies.
 *
 * <p>Not safe for several threads at a time.
 */
public final class PathCandidates {
    private List<PathContainer> paths = List.of();

    /**
     * Adds what a raw path may be taken for.
     *
     * @param path the raw path with the context path
     * @param context the raw path of the application; empty if it is the root
     * @param server the decoded path below it of what serves the request; empty if that is not a part of the path
     */
    public void add(String path, String context, String server) {
        boolean plain = PathSpelling.isPlain(path);
        if (plain && context.isEmpty() && server.isEmpty()) {
            add(PathContainer.parsePath(path));
            return;
        }
        addAsMapped(path, context);
        CanonicalPath canonical = plain ? null : CanonicalPath.of(path).within(CanonicalPath.of(context));
        if (canonical != null) {
            add(canonical.toContainer());
        }
        if (!server.isEmpty()) {
            addAsMapped(path, context + UriUtils.encodePath(server, StandardCharsets.UTF_8));
            if (canonical != null) {
                // The container has decoded and normalised this one already.
                add(canonical.within(CanonicalPath.ofDecoded(server)).toContainer());
            }
        }
    }

    /** Returns the different paths, normally one. The root is among them as a slash, also where it is nothing at all. */
    public List<PathContainer> all() {
        return paths;
    }

    /**
     * Adds the path as Spring MVC sees it. Jetty gives a context path that some spellings of the request do not begin with;
     * MVC refuses those with the same exception, and the canonical path stands in for whatever else may serve them.
     */
    private void addAsMapped(String path, String prefix) {
        try {
            PathContainer within = RequestPath.parse(path, prefix).pathWithinApplication();
            add(within);
            if (within.value().isEmpty()) {
                // Nothing behind the prefix is the root, which a rule writes as a slash.
                add(PathContainer.parsePath("/"));
            }
        } catch (IllegalArgumentException unparsable) {
            add(CanonicalPath.of(path).within(CanonicalPath.of(prefix)).toContainer());
        }
    }

    private void add(PathContainer candidate) {
        if (paths.isEmpty()) {
            paths = List.of(candidate);
            return;
        }
        for (PathContainer path : paths) {
            if (path.value().equals(candidate.value())) {
                return;
            }
        }
        paths = new ArrayList<>(paths);
        paths.add(candidate);
    }
}
