package io.ratelimit.spring.web;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.UriUtils;

/**
 * The one spelling of all equivalent spellings of a path: decoded once, without path parameters, empty segments, dot
 * segments and a trailing slash.
 *
 * <p>This is not what Spring MVC maps by: it is stricter about slashes and dots, and answers 404 to most of what is folded
 * here. It is what a container, a resource handler or a filter may take the path for, so a rule must not be blind to it.
 *
 * @param segments the decoded segments
 */
record CanonicalPath(List<String> segments) {
    CanonicalPath {
        segments = List.copyOf(segments);
    }

    static CanonicalPath of(String rawPath) {
        List<String> segments = new ArrayList<>();
        for (String raw : withoutAuthority(rawPath).split("/", -1)) {
            int parameters = raw.indexOf(';');
            String decoded = decode(parameters < 0 ? raw : raw.substring(0, parameters));
            // An encoded slash or backslash separates for whoever decodes first and splits afterwards.
            for (String segment : decoded.replace('\\', '/').split("/", -1)) {
                append(segment, segments);
            }
        }
        return new CanonicalPath(segments);
    }

    /** Returns the path that a container has decoded already. */
    static CanonicalPath ofDecoded(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/", -1)) {
            append(segment, segments);
        }
        return new CanonicalPath(segments);
    }

    private static void append(String segment, List<String> segments) {
        if (segment.equals("..")) {
            if (!segments.isEmpty()) {
                segments.remove(segments.size() - 1);
            }
        } else if (!segment.isEmpty() && !segment.equals(".")) {
            segments.add(segment);
        }
    }

    /** Cuts {@code http://host} of a request target in absolute form, should a container leave it there. */
    private static String withoutAuthority(String target) {
        int scheme = target.startsWith("/") ? -1 : target.indexOf("://");
        if (scheme < 0) {
            return target;
        }
        int path = target.indexOf('/', scheme + 3);
        return path < 0 ? "/" : target.substring(path);
    }

    /** Decodes as far as possible: what is no escape sequence stands for itself. */
    private static String decode(String segment) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(segment.length());
        int i = 0;
        while (i < segment.length()) {
            int high = i + 2 < segment.length() ? Character.digit(segment.charAt(i + 1), 16) : -1;
            int low = i + 2 < segment.length() ? Character.digit(segment.charAt(i + 2), 16) : -1;
            if (segment.charAt(i) == '%' && high >= 0 && low >= 0) {
                bytes.write(high << 4 | low);
                i += 3;
            } else {
                int codePoint = segment.codePointAt(i);
                bytes.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
                i += Character.charCount(codePoint);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Returns the part behind a prefix, or this path if it does not begin with it. */
    CanonicalPath within(CanonicalPath prefix) {
        int length = prefix.segments.size();
        return length > 0
                        && segments.size() >= length
                        && segments.subList(0, length).equals(prefix.segments)
                ? new CanonicalPath(segments.subList(length, segments.size()))
                : this;
    }

    /** Returns the path in the form that patterns match. */
    PathContainer toContainer() {
        StringBuilder path = new StringBuilder();
        for (String segment : segments) {
            path.append('/')
                    .append(needsEncoding(segment) ? UriUtils.encode(segment, StandardCharsets.UTF_8) : segment);
        }
        return PathContainer.parsePath(path.isEmpty() ? "/" : path.toString());
    }

    private static boolean needsEncoding(String segment) {
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c == '%' || c == ';' || c > '~') {
                return true;
            }
        }
        return false;
    }
}
