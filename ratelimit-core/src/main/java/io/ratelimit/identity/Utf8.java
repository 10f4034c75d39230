package io.ratelimit.identity;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * UTF-8 for any string. Java's own encoder writes a question mark for half a surrogate pair, so that different strings come
 * out equal; here a lone surrogate gets three bytes, as if it were a character, and different strings stay different.
 */
final class Utf8 {
    private Utf8() {}

    static byte[] bytes(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return generalised(text);
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] generalised(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length() * 3);
        text.codePoints().forEach(c -> {
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                bytes.write(0xe0 | c >>> 12);
                bytes.write(0x80 | (c >>> 6 & 0x3f));
                bytes.write(0x80 | (c & 0x3f));
            } else {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes.toByteArray();
    }
}
