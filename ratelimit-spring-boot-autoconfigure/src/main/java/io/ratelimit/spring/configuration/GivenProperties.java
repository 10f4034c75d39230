package io.ratelimit.spring.configuration;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.origin.Origin;

/** What the sources of a configuration give, and where. Not safe for several threads. */
final class GivenProperties {
    private final TreeMap<String, ConfigurationProperty> byName = new TreeMap<>();
    private @Nullable OverriddenLists lists;

    /** Tells what the sources replace of each other. */
    void setLists(OverriddenLists lists) {
        this.lists = lists;
    }

    /** Returns a line that changes the one field that an incomplete entry of the rules has, of the rule of another source. */
    Optional<String> overrideFor(String entry) {
        String id = lists == null ? null : lists.ruleAt(entry);
        Map.Entry<String, ConfigurationProperty> field = byName.ceilingEntry(entry + ".");
        if (id == null || has(entry + ".id") || field == null || !isPartOf(field.getKey(), entry)) {
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
        return byName.containsKey(property);
    }

    /** Returns whether a property is given in parts below its name. */
    boolean hasGroup(String property) {
        String next = byName.higherKey(property + ".");
        return next != null && next.startsWith(property + ".");
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
        return has(list) ? list : list + "[" + index + "]";
    }

    /** Returns where the value of a property or its first part stands, {@code null} if that is not known. */
    @Nullable
    String originOf(String property) {
        Map.Entry<String, ConfigurationProperty> given = byName.ceilingEntry(property);
        if (given == null || !isPartOf(given.getKey(), property)) {
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
