package io.ratelimit.identity;

import org.jspecify.annotations.Nullable;

/** Reads address literals: strict dotted decimal, and RFC 4291. */
final class IpLiteral {
    private static final int GROUPS = 8;
    private static final int LONGEST_ZONE = 64;
    private static final int NONE = -1;

    private IpLiteral() {}

    static @Nullable IpAddress parse(String text, int from, int to) {
        if (to - from < 2) {
            return null;
        }
        // Only IPv6 has a colon, at the latest behind the four digits of its first group.
        int last = Math.min(to, from + 5);
        for (int i = from; i < last; i++) {
            if (text.charAt(i) == ':') {
                int end = withoutZone(text, from, to);
                return end == NONE ? null : ipv6(text, from, end);
            }
        }
        long bits = ipv4(text, from, to);
        return bits == NONE ? null : IpAddress.ofIpv4(bits);
    }

    private static long ipv4(String text, int from, int to) {
        long bits = 0;
        int i = from;
        for (int octets = 1; ; octets++) {
            int start = i;
            int octet = 0;
            while (i < to && i - start < 3 && isDigit(text.charAt(i))) {
                octet = octet * 10 + (text.charAt(i++) - '0');
            }
            boolean leadingZero = i - start > 1 && text.charAt(start) == '0';
            if (i == start || octet > 255 || leadingZero) {
                return NONE;
            }
            bits = bits << 8 | octet;
            if (i == to || octets == 4) {
                return i == to && octets == 4 ? bits : NONE;
            }
            if (text.charAt(i++) != '.') {
                return NONE;
            }
        }
    }

    private static @Nullable IpAddress ipv6(String text, int from, int to) {
        int[] groups = new int[GROUPS];
        int count = 0;
        int gap = NONE;
        int i = from;
        if (text.startsWith("::", from)) {
            gap = 0;
            i += 2;
        }
        while (i < to) {
            int start = i;
            int group = 0;
            while (i < to && i - start < 4 && hex(text.charAt(i)) != NONE) {
                group = group << 4 | hex(text.charAt(i++));
            }
            if (i == start || count == GROUPS) {
                return null;
            }
            if (i < to && text.charAt(i) == '.') {
                long embedded = ipv4(text, start, to);
                if (embedded == NONE || count > GROUPS - 2) {
                    return null;
                }
                groups[count++] = (int) (embedded >>> 16);
                groups[count++] = (int) (embedded & 0xffff);
                break;
            }
            groups[count++] = group;
            if (i == to) {
                break;
            }
            // A colon, and behind it another group or, once, another colon.
            if (text.charAt(i++) != ':' || i == to) {
                return null;
            }
            if (text.charAt(i) == ':') {
                if (gap != NONE) {
                    return null;
                }
                gap = count;
                i++;
            }
        }
        boolean complete = gap == NONE ? count == GROUPS : count < GROUPS;
        return complete ? address(groups, count, gap == NONE ? count : gap) : null;
    }

    private static IpAddress address(int[] groups, int count, int gap) {
        long high = 0;
        long low = 0;
        for (int i = 0; i < count; i++) {
            int place = i < gap ? i : i + GROUPS - count;
            if (place < 4) {
                high |= (long) groups[i] << (16 * (3 - place));
            } else {
                low |= (long) groups[i] << (16 * (7 - place));
            }
        }
        return IpAddress.ofIpv6(high, low);
    }

    /** Returns where the address ends and its zone begins; {@link #NONE} if the zone is malformed. */
    private static int withoutZone(String text, int from, int to) {
        int percent = indexOf(text, '%', from, to);
        if (percent == NONE) {
            return to;
        }
        int length = to - percent - 1;
        if (length < 1 || length > LONGEST_ZONE) {
            return NONE;
        }
        for (int i = percent + 1; i < to; i++) {
            char c = text.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (!letter && !isDigit(c) && "-._~".indexOf(c) < 0) {
                return NONE;
            }
        }
        return percent;
    }

    // Not Character.digit, which also knows the digits of other scripts.
    private static int hex(char c) {
        if (isDigit(c)) {
            return c - '0';
        }
        if (c >= 'a' && c <= 'f') {
            return c - 'a' + 10;
        }
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : NONE;
    }

    /** Like {@link String#indexOf}, but does not run on to the end of a long line. */
    static int indexOf(String text, char wanted, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) == wanted) {
                return i;
            }
        }
        return NONE;
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
