package io.ratelimit.spring.web;

/** Tells how a path is spelt, without decoding it. */
final class PathSpelling {
    /** RFC 3986 {@code pchar} without letters, digits and escape sequences, and without the semicolon. */
    private static final String PUNCTUATION = "-._~!$&'()*+,=:@";

    private PathSpelling() {}

    /** Returns whether decoding, cutting and normalising would not change the path. */
    static boolean isPlain(String path) {
        return isCanonical(path) && path.indexOf('%') < 0 && !(path.length() > 1 && path.endsWith("/"));
    }

    /**
     * Returns whether this is the spelling that a well-behaved client sends: nothing is escaped that need not be, and there
     * are no path parameters, empty segments or dot segments. A slash at the end is allowed; it names a directory.
     */
    static boolean isCanonical(String path) {
        if (!path.startsWith("/")) {
            return false;
        }
        int segment = 1;
        for (int i = 1; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '/') {
                if (!isSegment(path, segment, i)) {
                    return false;
                }
                segment = i + 1;
            } else if (c == '%') {
                if (!needsEscape(path, i)) {
                    return false;
                }
                i += 2;
            } else if (!isPlain(c)) {
                return false;
            }
        }
        return segment == path.length() || isSegment(path, segment, path.length());
    }

    private static boolean isSegment(String path, int from, int to) {
        int length = to - from;
        return length > 0 && !(length <= 2 && path.startsWith("..".substring(0, length), from));
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || PUNCTUATION.indexOf(c) >= 0;
    }

    /** Returns whether an escape sequence stands for a byte that has no other spelling and is harmless once decoded. */
    private static boolean needsEscape(String path, int at) {
        int high = at + 2 < path.length() ? Character.digit(path.charAt(at + 1), 16) : -1;
        int low = at + 2 < path.length() ? Character.digit(path.charAt(at + 2), 16) : -1;
        if (high < 0 || low < 0) {
            return false;
        }
        int decoded = high << 4 | low;
        // C0, C1 and F5 to FF never occur in UTF-8; a C0 and C1 would start an overlong slash or dot.
        return decoded >= 0x80
                ? decoded != 0xc0 && decoded != 0xc1 && decoded < 0xf5
                : decoded >= ' ' && decoded != 0x7f && "/\\%;".indexOf(decoded) < 0 && !isPlain((char) decoded);
    }
}
