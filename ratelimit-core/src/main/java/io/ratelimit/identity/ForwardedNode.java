package io.ratelimit.identity;

import org.jspecify.annotations.Nullable;

/**
 * Reads the ways in which servers and proxies write the other end of a connection: a bare address literal, one with a port
 * ({@code 192.0.2.1:80}), and IPv6 in brackets with or without a port ({@code [2001:db8::1]:443}).
 */
final class ForwardedNode {
    private static final int LONGEST_PORT = 5;

    private ForwardedNode() {}

    /** Returns the address; {@code null} for all else, such as names, {@code unknown} and obfuscated identifiers. */
    static @Nullable IpAddress parse(String text, int from, int to) {
        if (from < to && text.charAt(from) == '[') {
            return bracketed(text, from, to);
        }
        int colon = IpLiteral.indexOf(text, ':', from, to);
        boolean single = colon >= 0 && IpLiteral.indexOf(text, ':', colon + 1, to) < 0;
        if (!single) {
            return IpAddress.parse(text, from, to);
        }
        return isPort(text, colon + 1, to) ? IpAddress.parse(text, from, colon) : null;
    }

    private static @Nullable IpAddress bracketed(String text, int from, int to) {
        int close = IpLiteral.indexOf(text, ']', from, to);
        boolean ipv6 = close >= 0 && IpLiteral.indexOf(text, ':', from, close) >= 0;
        boolean ends =
                close + 1 == to || (close + 1 < to && text.charAt(close + 1) == ':' && isPort(text, close + 2, to));
        return ipv6 && ends ? IpAddress.parse(text, from + 1, close) : null;
    }

    /** Digits, or an obfuscated port of RFC 7239, section 6.3, which starts with an underscore. */
    private static boolean isPort(String text, int from, int to) {
        boolean obfuscated = from < to && text.charAt(from) == '_';
        int start = obfuscated ? from + 1 : from;
        if (start == to || (!obfuscated && to - start > LONGEST_PORT)) {
            return false;
        }
        for (int i = start; i < to; i++) {
            char c = text.charAt(i);
            if (obfuscated ? !HttpToken.isTokenChar(c) : !IpLiteral.isDigit(c)) {
                return false;
            }
        }
        return true;
    }
}
