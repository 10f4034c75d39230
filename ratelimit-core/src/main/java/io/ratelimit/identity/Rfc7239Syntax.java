package io.ratelimit.identity;

import org.jspecify.annotations.Nullable;

/** The header {@code Forwarded: for=192.0.2.1;proto=https, for="[2001:db8::1]:443"}. */
final class Rfc7239Syntax implements ForwardedSyntax {
    @Override
    public int startOfElement(String line, int end, int least) {
        // From the right, a quotation mark with an even number of backslashes before it closes or opens a quoted
        // string.
        // That holds for whatever a proxy wrote as the grammar demands, even behind a quotation that a client left
        // open.
        boolean quoted = false;
        for (int i = end - 1; i >= least; i--) {
            char c = line.charAt(i);
            if (c == '"' && !isEscaped(line, i, least)) {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                return i + 1;
            }
        }
        return least == 0 ? 0 : -1;
    }

    private static boolean isEscaped(String line, int quote, int least) {
        int backslashes = 0;
        while (quote - backslashes > least && line.charAt(quote - backslashes - 1) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }

    @Override
    public @Nullable IpAddress address(String line, int from, int to) {
        Pairs pairs = new Pairs(line, from, to);
        IpAddress address = null;
        boolean seen = false;
        while (pairs.next()) {
            if (pairs.isFor()) {
                if (seen) {
                    return null;
                }
                seen = true;
                address = pairs.node();
            }
        }
        return pairs.isMalformed() ? null : address;
    }

    /** Walks the pairs of one element, {@code name=value} between semicolons. */
    private static final class Pairs {
        private final String line;
        private final int to;
        private int next;
        private int nameFrom;
        private int nameTo;
        private int valueTo;
        private boolean malformed;

        Pairs(String line, int from, int to) {
            this.line = line;
            this.next = from;
            this.to = to;
        }

        boolean next() {
            nameFrom = skipBlanks(next);
            while (nameFrom < to && line.charAt(nameFrom) == ';') {
                nameFrom = skipBlanks(nameFrom + 1);
            }
            if (malformed || nameFrom >= to) {
                return false;
            }
            nameTo = nameFrom;
            while (nameTo < to && HttpToken.isTokenChar(line.charAt(nameTo))) {
                nameTo++;
            }
            malformed = nameTo == nameFrom || nameTo == to || line.charAt(nameTo) != '=' || !readValue();
            return !malformed;
        }

        private boolean readValue() {
            valueTo = isQuoted() ? endOfQuoted() : endOfPlain();
            next = skipBlanks(valueTo);
            return valueTo <= to && (next >= to || line.charAt(next) == ';');
        }

        boolean isMalformed() {
            return malformed;
        }

        boolean isFor() {
            return nameTo - nameFrom == 3 && line.regionMatches(true, nameFrom, "for", 0, 3);
        }

        @Nullable
        IpAddress node() {
            int from = nameTo + 1;
            if (!isQuoted()) {
                return ForwardedNode.parse(line, from, valueTo);
            }
            String value = line.substring(from + 1, valueTo - 1);
            String unescaped = value.indexOf('\\') < 0 ? value : value.replaceAll("\\\\(.)", "$1");
            return ForwardedNode.parse(unescaped, 0, unescaped.length());
        }

        private boolean isQuoted() {
            return nameTo + 1 < to && line.charAt(nameTo + 1) == '"';
        }

        /** Returns where the value ends, or an index behind the element if its quotation is not closed. */
        private int endOfQuoted() {
            for (int i = nameTo + 2; i < to; i++) {
                char c = line.charAt(i);
                if (c == '"') {
                    return i + 1;
                }
                if (c == '\\') {
                    i++;
                }
            }
            return to + 1;
        }

        /** Also takes what the grammar wants in quotation marks, such as brackets: proxies forget them. */
        private int endOfPlain() {
            int i = nameTo + 1;
            while (i < to && line.charAt(i) != ';' && line.charAt(i) != '"' && !HttpToken.isBlank(line.charAt(i))) {
                i++;
            }
            return i;
        }

        private int skipBlanks(int from) {
            int i = from;
            while (i < to && HttpToken.isBlank(line.charAt(i))) {
                i++;
            }
            return i;
        }
    }
}
