package io.ratelimit.spring.configuration;

import io.ratelimit.limit.Quoted;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.util.PlaceholderResolutionException;

/**
 * What can be written where a property has a type.
 *
 * @param noun the type, in words
 * @param expected the values, in words
 * @param example one of them
 * @param names all of them, where they can be listed
 */
record TypeExpectation(String noun, String expected, String example, List<String> names) {
    private static final Map<Class<?>, TypeExpectation> BY_TYPE = Map.of(
            Boolean.class, new TypeExpectation("a truth value", "true or false", "true", List.of("true", "false")),
            Integer.class, plain("a whole number", "100"),
            Long.class, plain("a whole number", "100"),
            Double.class, plain("a number", "0.1"),
            Duration.class,
                    new TypeExpectation(
                            "a duration",
                            "a whole number and a unit of ms, s, m, h or d, such as 100ms",
                            "100ms",
                            List.of()),
            String.class, plain("a text", "text"));

    /** Returns what can be written for a type. */
    static TypeExpectation of(ResolvableType type) {
        Class<?> resolved = ClassUtils.resolvePrimitiveIfNecessary(type.resolve(Object.class));
        if (resolved.isEnum()) {
            List<String> names = namesOf(resolved);
            return new TypeExpectation("a name", "one of " + String.join(", ", names), names.get(0), names);
        }
        if (List.class.isAssignableFrom(resolved)) {
            return plain("a list", "[]");
        }
        return BY_TYPE.getOrDefault(resolved, plain("a group of properties", "{}"));
    }

    void addProblem(Problems problems, String property, @Nullable Object value, Exception error) {
        String text = String.valueOf(value);
        PlaceholderResolutionException unresolved = placeholderIn(error);
        if (unresolved != null) {
            String placeholder = Quoted.text("${" + unresolved.getPlaceholder() + "}");
            problems.add(property, value, "nothing defines the placeholder " + placeholder, expected, example);
        } else if (names.isEmpty()) {
            problems.add(property, value, "this is not " + noun, expected, example);
        } else {
            problems.add(
                    property,
                    value,
                    "there is no such value",
                    expected + Suggestion.didYouMean(text, names),
                    Suggestion.nearest(text, names).orElse(example));
        }
    }

    private static TypeExpectation plain(String noun, String example) {
        return new TypeExpectation(noun, noun, example, List.of());
    }

    private static @Nullable PlaceholderResolutionException placeholderIn(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof PlaceholderResolutionException unresolved) {
                return unresolved;
            }
        }
        return null;
    }

    private static List<String> namesOf(Class<?> enumType) {
        return Arrays.stream(enumType.getEnumConstants())
                .map(constant ->
                        ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .toList();
    }
}
