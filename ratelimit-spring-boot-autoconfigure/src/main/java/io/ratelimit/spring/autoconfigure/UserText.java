package io.ratelimit.spring.autoconfigure;

/** Writes text that somebody typed into a message: quoted, on one line, and no longer than 128 characters. */
final class UserText {
    private static final int LONGEST = 128;

    private UserText() {}

    static String quoted(String text) {
        return '"' + plain(text) + '"';
    }

    /** Returns the text without quotes, escaped and cut. */
    static String plain(String text) {
        StringBuilder escaped = new StringBuilder();
        int length = Math.min(text.length(), LONGEST);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (isPrintable(c)) {
                escaped.append(c);
            } else {
                escaped.append(String.format("\\u%04x", (int) c));
            }
        }
        return text.length() > LONGEST ? escaped.append("...").toString() : escaped.toString();
    }

    /** Format characters reorder or hide what stands beside them on a terminal. */
    private static boolean isPrintable(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
