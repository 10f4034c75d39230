package io.ratelimit.spring.expression;

import java.net.URI;
import java.time.ZoneId;
import java.time.temporal.TemporalAccessor;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Turns what a key expression yields into the text that is counted. */
public final class KeyText {
    /** Whose text is all that they are. That of most other objects is their place in memory, or holds such a place. */
    private static final List<Class<?>> VALUES = List.of(
            CharSequence.class,
            Number.class,
            Boolean.class,
            Character.class,
            Enum.class,
            UUID.class,
            Locale.class,
            Currency.class,
            URI.class,
            TemporalAccessor.class,
            ZoneId.class);

    private KeyText() {}

    /**
     * Returns the text of a value or of an {@link Optional} value, or {@code null} if it has none: a text that is a new one
     * for each object would be a fresh quota for each request.
     */
    public static @Nullable String of(@Nullable Object value) {
        Object key = value instanceof Optional<?> optional ? optional.orElse(null) : value;
        if (key == null || VALUES.stream().noneMatch(type -> type.isInstance(key))) {
            return null;
        }
        String text = key.toString();
        return text == null || text.isBlank() ? null : text;
    }
}
