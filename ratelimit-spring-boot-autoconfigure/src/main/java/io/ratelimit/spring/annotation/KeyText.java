package io.ratelimit.spring.annotation;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns what a key expression yields into the text that is counted. */
final class KeyText {
    /** Asked once for each class: whether its objects have a text form, and not just their place in memory. */
    private static final ClassValue<Boolean> HAS_TEXT = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            try {
                return !type.isArray() && type.getMethod("toString").getDeclaringClass() != Object.class;
            } catch (NoSuchMethodException impossible) {
                throw new IllegalStateException("Every class has toString()", impossible);
            }
        }
    };

    private KeyText() {}

    /** Returns the text, or {@code null} if there is none: a new text for each object would be a fresh quota for each. */
    static @Nullable String of(@Nullable Object value) {
        Object key = value instanceof Optional<?> optional ? optional.orElse(null) : value;
        if (key == null || !HAS_TEXT.get(key.getClass())) {
            return null;
        }
        String text = key.toString();
        return text == null || text.isBlank() ? null : text;
    }
}
