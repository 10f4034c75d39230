package io.ratelimit.spring.configuration;

import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.core.ResolvableType;
import org.springframework.util.ReflectionUtils;

/** Knows the names below {@code ratelimit}, to tell what somebody meant who wrote another. */
final class KnownProperties {
    private KnownProperties() {}

    /** Adds the problem that a name does not exist, one of all that are bound to nothing. */
    static void addUnknown(
            Problems problems,
            ConfigurationPropertyName name,
            @Nullable Object value,
            Set<ConfigurationPropertyName> unbound) {
        ResolvableType type = ResolvableType.forClass(RateLimitProperties.class);
        for (int i = 1; i < name.getNumberOfElements(); i++) {
            ResolvableType next = childOf(type, name, i);
            if (next == null) {
                addUnknown(problems, name, i, value, type);
                return;
            }
            type = next;
        }
        // The name as such exists. In YAML it may stand there without a value; otherwise its place in a list is wrong.
        if (value != null && !value.toString().isBlank()) {
            String shown = Problems.isSecret(name.toString()) ? "..." : Problems.show(name.toString(), value);
            problems.addIncomplete(
                    name.getNumberOfElements() > 3 ? name.chop(3).toString() : name.toString(),
                    name.toString(),
                    value,
                    "the indexes of the list have a gap",
                    "indexes from 0, one after the other",
                    withoutGap(problems.given(), name, unbound) + ": " + shown);
        }
    }

    /** Returns the name with the index that its element gets when those behind the gap move up. */
    private static String withoutGap(
            GivenProperties given, ConfigurationPropertyName name, Set<ConfigurationPropertyName> unbound) {
        for (int i = 0; i < name.getNumberOfElements(); i++) {
            ConfigurationPropertyName list = name.chop(i);
            int bound = name.isNumericIndex(i) ? given.sizeOf(list.toString()) : Integer.MAX_VALUE;
            int index = bound == Integer.MAX_VALUE ? 0 : Integer.parseInt(name.getElement(i, Form.ORIGINAL));
            if (index > bound) {
                int at = i;
                long before = unbound.stream()
                        .filter(list::isAncestorOf)
                        .map(other -> other.getElement(at, Form.ORIGINAL))
                        .distinct()
                        .filter(other -> Integer.parseInt(other) < index)
                        .filter(other -> Integer.parseInt(other) > bound)
                        .count();
                String element = name.chop(i + 1).toString();
                return list + "[" + (bound + before) + "]" + name.toString().substring(element.length());
            }
        }
        return name.toString();
    }

    private static void addUnknown(
            Problems problems, ConfigurationPropertyName name, int at, @Nullable Object value, ResolvableType parent) {
        String parentName = name.chop(at).toString();
        List<String> known = namesOf(parent);
        String expected = known.isEmpty()
                ? "a value for " + parentName + " and nothing below it"
                : "below " + parentName + " one of " + String.join(", ", known);
        String meant =
                Suggestion.nearest(name.getElement(at, Form.DASHED), known).orElse(null);
        if (meant == null) {
            problems.addUnknownName(
                    name.toString(), value, "there is no such property", expected, "(remove " + name + ")");
        } else {
            String suggested = parentName + "." + meant;
            String reason = "there is no such property";
            String didYouMean = expected + "; did you mean " + suggested + "?";
            // What is meant is judged by its full name: a secret may stand far below the part that was mistyped.
            String whole = suggested
                    + name.toString().substring(name.chop(at + 1).toString().length());
            if (value == null || Problems.isSecret(whole)) {
                problems.addUnknownName(name.toString(), value, reason, didYouMean, whole + ": ...");
            } else {
                String shown = Problems.show(name.toString(), value);
                problems.addWithLine(name.toString(), value, reason, didYouMean, whole + ": " + shown);
            }
        }
    }

    /** Returns the outermost list that a name belongs to or is, {@code null} if there is none. */
    static @Nullable ConfigurationPropertyName listOf(ConfigurationPropertyName name) {
        ResolvableType type = ResolvableType.forClass(RateLimitProperties.class);
        for (int i = 1; i < name.getNumberOfElements() && type != null; i++) {
            type = childOf(type, name, i);
            if (type != null && List.class.isAssignableFrom(type.resolve(Object.class))) {
                return name.chop(i + 1);
            }
        }
        return null;
    }

    private static @Nullable ResolvableType childOf(ResolvableType type, ConfigurationPropertyName name, int at) {
        Class<?> resolved = type.resolve(Object.class);
        if (List.class.isAssignableFrom(resolved)) {
            return name.isNumericIndex(at) ? type.asCollection().getGeneric(0) : null;
        }
        if (Map.class.isAssignableFrom(resolved)) {
            return type.asMap().getGeneric(1);
        }
        String element = uniform(name.getElement(at, Form.UNIFORM));
        for (RecordComponent component : componentsOf(type)) {
            if (uniform(nameOf(component)).equals(element)) {
                return ResolvableType.forMethodReturnType(component.getAccessor());
            }
        }
        return null;
    }

    private static List<String> namesOf(ResolvableType type) {
        return Arrays.stream(componentsOf(type)).map(KnownProperties::nameOf).toList();
    }

    private static RecordComponent[] componentsOf(ResolvableType type) {
        Class<?> resolved = type.resolve(Object.class);
        return resolved.isRecord() ? resolved.getRecordComponents() : new RecordComponent[0];
    }

    private static String nameOf(RecordComponent component) {
        // The annotation's targets are fields and parameters, so the component itself does not have it.
        Field field = ReflectionUtils.findField(component.getDeclaringRecord(), component.getName());
        Name name = field == null ? null : field.getAnnotation(Name.class);
        return name != null ? name.value() : DataObjectPropertyName.toDashedForm(component.getName());
    }

    private static String uniform(String name) {
        return name.toLowerCase(Locale.ROOT).replace("-", "");
    }
}
