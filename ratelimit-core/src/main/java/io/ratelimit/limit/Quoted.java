package io.ratelimit.limit;

/** Writes text that somebody typed into a message: quoted, on one line, and cut to 128 characters. Never {@code null}. */
public final class Quoted {
    private static final int LONGEST = 128;

    private Quoted() {}

    /** Returns the text in quotes, with what could break a line, a terminal or a quote escaped. */
    public static String text(String value) {
        StringBuilder quoted = new StringBuilder("\"");
        int length = Math.min(value.length(), LONGEST);
        for (int i = 0; i < length; i++) {
            append(quoted, value.charAt(i));
        }
        return quoted.append(value.length() > LONGEST ? "...\"" : "\"").toString();
    }

    private static void append(StringBuilder quoted, char c) {
        if (c == '"' || c == '\\') {
            quoted.append('\\').append(c);
        } else if (isPlain(c)) {
            quoted.append(c);
        } else {
            quoted.append(String.format("\\u%04x", (int) c));
        }
    }

    /** Not what starts a line, moves a cursor, turns the direction of writing around or is half a character. */
    private static boolean isPlain(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
