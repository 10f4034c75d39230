package io.ratelimit.spring.web;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads parameters from a query string without touching the request's body. */
public final class QueryString {
    private QueryString() {}

    /** Returns the decoded values of a parameter in order. A pair with a malformed escape sequence is left out. */
    public static List<String> values(@Nullable String query, String name) {
        if (query == null || query.isEmpty()) {
            return List.of();
        }
        List<String> values = new ArrayList<>(1);
        int from = 0;
        while (from <= query.length()) {
            int end = query.indexOf('&', from);
            int to = end < 0 ? query.length() : end;
            int equals = query.indexOf('=', from);
            int nameTo = equals < 0 || equals > to ? to : equals;
            if (name.equals(decode(query.substring(from, nameTo)))) {
                String value = decode(query.substring(Math.min(nameTo + 1, to), to));
                if (value != null) {
                    values.add(value);
                }
            }
            from = to + 1;
        }
        return values;
    }

    private static @Nullable String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }
}
