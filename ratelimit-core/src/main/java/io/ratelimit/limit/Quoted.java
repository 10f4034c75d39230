package io.ratelimit.limit;

/** Writes text that a user typed into an error message: quoted, on one line, and no longer than 128 characters. */
final class Quoted {
    private static final int LONGEST = 128;

    private Quoted() {}

    static String text(String value) {
        StringBuilder quoted = new StringBuilder("\"");
        int length = Math.min(value.length(), LONGEST);
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (Character.isISOControl(c)) {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append(value.length() > LONGEST ? "...\"" : "\"").toString();
    }
}
