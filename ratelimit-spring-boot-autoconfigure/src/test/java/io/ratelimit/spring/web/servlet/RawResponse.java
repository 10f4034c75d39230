package io.ratelimit.spring.web.servlet;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What came back over a socket. */
record RawResponse(int status, Map<String, List<String>> headers, String body) {
    /** Returns the one value of a header, or null. */
    String header(String name) {
        List<String> values = all(name);
        if (values.size() > 1) {
            throw new AssertionError(name + " is there " + values.size() + " times: " + values);
        }
        return values.isEmpty() ? null : values.get(0);
    }

    List<String> all(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
    }

    long number(String name) {
        return Long.parseLong(header(name));
    }
}
