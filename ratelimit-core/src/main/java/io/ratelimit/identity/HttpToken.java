package io.ratelimit.identity;

import io.ratelimit.limit.InvalidValueException;
import io.ratelimit.limit.Quoted;

/** The characters that names in HTTP are made of (RFC 9110, section 5.6.2). */
final class HttpToken {
    private static final String PUNCTUATION = "!#$%&'*+-.^_`|~";

    private HttpToken() {}

    static boolean isTokenChar(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || PUNCTUATION.indexOf(c) >= 0;
    }

    /** The blanks that may stand around a value, fewer than those of Java. */
    static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    static String headerName(String property, String name, String example) {
        if (name.isEmpty() || !name.chars().allMatch(c -> isTokenChar((char) c))) {
            throw new InvalidValueException(property, Quoted.text(name), "the name of one header, such as " + example);
        }
        return name;
    }
}
