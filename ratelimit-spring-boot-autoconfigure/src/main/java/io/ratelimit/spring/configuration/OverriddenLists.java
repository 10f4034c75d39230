package io.ratelimit.spring.configuration;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;

/**
 * Finds properties of lists that another source replaces. A list comes from one source as a whole, so what others say below
 * its name is not used. Boot's own check knows that of the list's elements but not of lists within them.
 */
final class OverriddenLists {
    private OverriddenLists() {}

    /**
     * Returns whether a property belongs to a list that a source of higher precedence replaces.
     *
     * @param sources all sources, the one of the highest precedence first
     */
    static boolean hold(ConfigurationPropertyName property, Iterable<ConfigurationPropertySource> sources) {
        for (int i = 0; i < property.getNumberOfElements(); i++) {
            if (property.isNumericIndex(i)) {
                return !isUsed(property, property.chop(i), sources);
            }
        }
        return false;
    }

    /** The source that has any element of the list has the whole list. */
    private static boolean isUsed(
            ConfigurationPropertyName property,
            ConfigurationPropertyName list,
            Iterable<ConfigurationPropertySource> sources) {
        for (ConfigurationPropertySource source : sources) {
            if (source.getConfigurationProperty(list) != null
                    || source.containsDescendantOf(list) == ConfigurationPropertyState.PRESENT) {
                return source.getConfigurationProperty(property) != null;
            }
        }
        return true;
    }
}
