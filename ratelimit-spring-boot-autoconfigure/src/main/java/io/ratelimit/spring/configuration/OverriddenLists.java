package io.ratelimit.spring.configuration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.util.StringUtils;

/**
 * Finds what a source replaces of the lists of others. A list comes from the source of the highest precedence that has any
 * of it, as a whole, and what others say below its name is not used. Boot's own check for names that are not used knows that
 * of the list's elements but not of lists within them.
 */
final class OverriddenLists {
    private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("ratelimit");
    private static final ConfigurationPropertyName RULES = ROOT.append("rules");

    private final Iterable<ConfigurationPropertySource> sources;

    /**
     * Prepares to look.
     *
     * @param sources all sources, the one of the highest precedence first
     */
    OverriddenLists(Iterable<ConfigurationPropertySource> sources) {
        this.sources = sources;
    }

    /**
     * What one source has of a list.
     *
     * @param origin where the first of it stands
     * @param names what is known of each element: the id or name that it has, or its value; otherwise its place
     * @param scalar whether the list is one value and no more
     */
    private record Part(String origin, List<String> names, boolean scalar) {}

    /** Returns whether a property belongs to a list that a source of higher precedence replaces. */
    boolean hold(ConfigurationPropertyName property) {
        for (int i = 0; i < property.getNumberOfElements(); i++) {
            if (property.isNumericIndex(i)) {
                return !isUsed(property, property.chop(i));
            }
        }
        return false;
    }

    /** The source that has any element of the list has the whole list. */
    private boolean isUsed(ConfigurationPropertyName property, ConfigurationPropertyName list) {
        for (ConfigurationPropertySource source : sources) {
            if (source.getConfigurationProperty(list) != null || hasBelow(source, list)) {
                return source.getConfigurationProperty(property) != null;
            }
        }
        return true;
    }

    /** Returns a line for each list of which entries are dropped that the winning source does not have too. */
    List<String> describe() {
        List<String> lines = new ArrayList<>();
        for (ConfigurationPropertyName list : lists()) {
            List<Part> parts = partsOf(list);
            StringBuilder line = new StringBuilder();
            for (Part part : parts.isEmpty() ? parts : parts.subList(1, parts.size())) {
                List<String> dropped = part.names().stream()
                        .filter(name -> !parts.get(0).names().contains(name))
                        .toList();
                if (!dropped.isEmpty() && !(parts.get(0).scalar() && part.scalar())) {
                    line.append("; not used of ").append(part.origin()).append(": ");
                    line.append(String.join(", ", dropped));
                }
            }
            if (!line.isEmpty()) {
                String hint =
                        list.equals(RULES) ? " (ratelimit.overrides.<id>.<field> changes a field of one rule)" : "";
                lines.add(list + " comes as a whole from " + parts.get(0).origin() + hint + line);
            }
        }
        return lines;
    }

    /** Returns the id of the rule that some source has as an element such as {@code ratelimit.rules[0]}. */
    @Nullable
    String ruleAt(String element) {
        ConfigurationPropertyName rule = ConfigurationPropertyName.of(element);
        if (!RULES.isParentOf(rule)) {
            return null;
        }
        for (ConfigurationPropertySource source : sources) {
            ConfigurationProperty id = source.getConfigurationProperty(rule.append("id"));
            if (id != null) {
                return String.valueOf(id.getValue());
            }
        }
        return null;
    }

    private Set<ConfigurationPropertyName> lists() {
        Set<ConfigurationPropertyName> lists = new LinkedHashSet<>();
        for (ConfigurationPropertySource source : sources) {
            if (source instanceof IterableConfigurationPropertySource iterable) {
                for (ConfigurationPropertyName name : iterable) {
                    ConfigurationPropertyName list = ROOT.isAncestorOf(name) ? KnownProperties.listOf(name) : null;
                    if (list != null) {
                        // Files, which rank low, spell names as the pages do.
                        lists.remove(list);
                        lists.add(list);
                    }
                }
            }
        }
        return lists;
    }

    private List<Part> partsOf(ConfigurationPropertyName list) {
        List<Part> parts = new ArrayList<>();
        for (ConfigurationPropertySource source : sources) {
            Map<String, ConfigurationProperty> entries = new LinkedHashMap<>();
            ConfigurationProperty whole = source.getConfigurationProperty(list);
            if (whole != null) {
                for (String entry : StringUtils.commaDelimitedListToStringArray(String.valueOf(whole.getValue()))) {
                    entries.put(Problems.plain(entry.strip()), whole);
                }
            }
            for (int i = 0; whole == null && hasAny(source, list.append("[" + i + "]")); i++) {
                addEntry(source, list.append("[" + i + "]"), entries);
            }
            if (!entries.isEmpty()) {
                String origin =
                        String.valueOf(entries.values().iterator().next().getOrigin());
                parts.add(new Part(origin, List.copyOf(entries.keySet()), whole != null && entries.size() == 1));
            }
        }
        return parts;
    }

    private static void addEntry(
            ConfigurationPropertySource source,
            ConfigurationPropertyName element,
            Map<String, ConfigurationProperty> entries) {
        for (ConfigurationPropertyName name :
                List.of(element, element.append("id"), element.append("name"), element.append("limit"))) {
            ConfigurationProperty property = source.getConfigurationProperty(name);
            if (property != null) {
                entries.put(Problems.plain(String.valueOf(property.getValue())), property);
                return;
            }
        }
    }

    private static boolean hasAny(ConfigurationPropertySource source, ConfigurationPropertyName name) {
        return source.getConfigurationProperty(name) != null || hasBelow(source, name);
    }

    private static boolean hasBelow(ConfigurationPropertySource source, ConfigurationPropertyName name) {
        return source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT;
    }
}
