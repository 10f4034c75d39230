package io.ratelimit.spring.autoconfigure;

import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Whether the application has a Redis: its library, and somewhere to connect to.
 *
 * @param missing what is missing, for a message; empty if there is nothing
 * @param found where the Redis is configured, for a message; empty if it is not
 */
public record RedisConfigured(Optional<String> missing, Optional<String> found) {
    private static final String CONNECTION_DETAILS =
            "org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails";
    private static final String DETAILS_OF_BOOT =
            "org.springframework.boot.data.redis.autoconfigure.PropertiesDataRedisConnectionDetails";
    /** Asked for by name; a native image has to be told of them. */
    static final List<String> LIBRARIES =
            List.of("io.ratelimit.redis.RedisLimitStore", "io.lettuce.core.RedisClient", CONNECTION_DETAILS);

    private static final List<String> PROPERTIES = List.of("url", "host", "sentinel", "cluster", "masterreplica");

    /** Finds out, from properties and the definitions of beans alone. */
    public static RedisConfigured find(ListableBeanFactory beans, Environment environment) {
        ClassLoader loader = RedisConfigured.class.getClassLoader();
        for (String library : LIBRARIES) {
            if (!ClassUtils.isPresent(library, loader)) {
                return new RedisConfigured(
                        Optional.of("the class " + library + " is not on the class path"), Optional.empty());
            }
        }
        Optional<String> found = property(environment).or(() -> connectionDetails(beans, loader));
        if (found.isPresent()
                && beans.getBeanNamesForType(ClassUtils.resolveClassName(CONNECTION_DETAILS, loader), true, false)
                                .length
                        == 0) {
            return new RedisConfigured(
                    Optional.of(
                            "there is no bean of type DataRedisConnectionDetails; is DataRedisAutoConfiguration excluded?"),
                    found);
        }
        return found.isPresent()
                ? new RedisConfigured(Optional.empty(), found)
                : new RedisConfigured(Optional.of("no Redis is configured for the application"), found);
    }

    private static Optional<String> property(Environment environment) {
        for (String property : PROPERTIES) {
            ConfigurationPropertyName name = ConfigurationPropertyName.of("spring.data.redis." + property);
            for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
                if (source.getConfigurationProperty(name) != null
                        || source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT) {
                    return Optional.of(name.toString());
                }
            }
        }
        return Optional.empty();
    }

    /** Boot always has its own, which says localhost where nothing is configured, so that one tells nothing. */
    private static Optional<String> connectionDetails(ListableBeanFactory beans, ClassLoader loader) {
        Class<?> type = ClassUtils.resolveClassName(CONNECTION_DETAILS, loader);
        for (String name : beans.getBeanNamesForType(type, true, false)) {
            Class<?> found = beans.getType(name, false);
            if (found == null || !found.getName().equals(DETAILS_OF_BOOT)) {
                return Optional.of("the bean " + name);
            }
        }
        return Optional.empty();
    }
}
