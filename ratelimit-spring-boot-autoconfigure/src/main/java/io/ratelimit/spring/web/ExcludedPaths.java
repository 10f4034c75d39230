package io.ratelimit.spring.web;

import java.util.List;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * The paths that are not limited at all. To match, a path has to be in its canonical spelling as sent, and no filter may have
 * changed it: whoever wants to go free must not be able to write the path in a way that something behind reads differently.
 */
final class ExcludedPaths {
    private final List<PathPattern> patterns;

    /** Throws an {@link IllegalArgumentException} if a pattern cannot be parsed. */
    ExcludedPaths(List<String> patterns) {
        PathPatternParser parser = new PathPatternParser();
        this.patterns = patterns.stream()
                .map(pattern -> parser.parse(parser.initFullPathPattern(pattern)))
                .toList();
    }

    boolean contain(WebRequest request) {
        if (patterns.isEmpty()) {
            return false;
        }
        String sent = request.sentPath();
        return sent != null && PathSpelling.isCanonical(sent) && matches(sent);
    }

    private boolean matches(String path) {
        PathContainer parsed = PathContainer.parsePath(path);
        for (PathPattern pattern : patterns) {
            if (pattern.matches(parsed)) {
                return true;
            }
        }
        return false;
    }
}
