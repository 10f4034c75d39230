package io.ratelimit.spring.configuration;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.origin.Origin;

/** What the sources of a configuration give, and where. Not safe for several threads. */
final class GivenProperties {
    private final TreeMap<String, ConfigurationProperty> byName = new TreeMap<>();
    private final Map<String, String> written = new HashMap<>();
    private @Nullable OverriddenLists lists;

    /** Tells that a property has its value from another, whose name the user wrote. */
    void setWritten(String property, String name) {
        written.put(property, name);
    }

    /** Returns the name under which the user wrote a property, which is its own unless it is overridden. */
    String writtenAs(String property) {
        for (Map.Entry<String, String> other : written.entrySet()) {
            if (isPartOf(property, other.getKey())) {
                return other.getValue() + property.substring(other.getKey().length());
            }
        }
        return property;
    }

    /** Returns the first property that is one or part of it, {@code null} if there is none. */
    Map.@Nullable Entry<String, ConfigurationProperty> first(String property) {
        Map.Entry<String, ConfigurationProperty> given = byName.ceilingEntry(property);
        // A longer name that has a dash behind this one comes before its parts.
        while (given != null
                && !isPartOf(given.getKey(), property)
                && given.getKey().startsWith(property)) {
            given = byName.higherEntry(given.getKey());
        }
        return given != null && isPartOf(given.getKey(), property) ? given : null;
    }

    /** Returns the properties whose names begin with a text. */
    SortedMap<String, ConfigurationProperty> below(String prefix) {
        return byName.tailMap(prefix).headMap(prefix + Character.MAX_VALUE);
    }

    /** Returns what is given below a name, for a log. */
    String show(String property) {
        return below(property + ".").entrySet().stream()
                .map(given -> given.getKey().substring(property.length() + 1) + " "
                        + Problems.show(given.getKey(), given.getValue().getValue()))
                .collect(Collectors.joining(", "));
    }

    /** Tells what the sources replace of each other. */
    void setLists(OverriddenLists lists) {
        this.lists = lists;
    }

    /** Returns a line that changes the one field that an incomplete entry of the rules has, of the rule of another source. */
    Optional<String> overrideFor(String entry) {
        String id = lists == null ? null : lists.ruleAt(entry);
        Map.Entry<String, ConfigurationProperty> field = first(entry);
        if (id == null || has(entry + ".id") || field == null) {
            return Optional.empty();
        }
        String name = "ratelimit.overrides." + id + field.getKey().substring(entry.length());
        return Optional.of(name + ": " + Problems.show(name, field.getValue().getValue()));
    }

    void add(ConfigurationProperty property) {
        byName.putIfAbsent(property.getName().toString(), property);
    }

    /** Returns whether a property, rather than its default, is in force. */
    boolean has(String property) {
        return byName.containsKey(writtenAs(property));
    }

    /** Returns whether a property is given in parts below its name. */
    boolean hasGroup(String property) {
        String prefix = writtenAs(property) + ".";
        String next = byName.higherKey(prefix);
        return next != null && next.startsWith(prefix);
    }

    /** Returns how many elements a list has that follow one another from the first. */
    int sizeOf(String list) {
        int size = 0;
        while (has(list + "[" + size + "]") || hasGroup(list + "[" + size + "]")) {
            size++;
        }
        return size;
    }

    /** Returns the name of an element of a list, which is the list's own where it is written with commas in one line. */
    String elementOf(String list, int index) {
        String name = writtenAs(list);
        return has(name) ? name : name + "[" + index + "]";
    }

    /** Returns where the value of a property or its first part stands, {@code null} if that is not known. */
    @Nullable
    String originOf(String property) {
        Map.Entry<String, ConfigurationProperty> given = first(property);
        if (given == null) {
            // What an entry of a list lacks is told where the entry stands.
            int entry = property.lastIndexOf(']', property.length() - 2) + 1;
            return entry == 0 ? null : originOf(property.substring(0, entry));
        }
        Origin origin = given.getValue().getOrigin();
        return origin == null ? null : origin.toString();
    }

    private static boolean isPartOf(String name, String property) {
        return name.equals(property) || name.startsWith(property + "[") || name.startsWith(property + ".");
    }
}
