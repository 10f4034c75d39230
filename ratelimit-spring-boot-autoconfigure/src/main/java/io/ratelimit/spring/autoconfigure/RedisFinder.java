package io.ratelimit.spring.autoconfigure;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Looks for a Redis of the application: a property or connection details that say where one is, else a connection factory
 * or another client that the application has made itself.
 */
public final class RedisFinder {
    private static final String CONNECTION_DETAILS =
            "org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails";
    private static final String DETAILS_OF_BOOT =
            "org.springframework.boot.data.redis.autoconfigure.PropertiesDataRedisConnectionDetails";
    private static final String LETTUCE_FACTORY =
            "org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory";
    private static final List<String> FACTORIES = List.of(
            "org.springframework.data.redis.connection.RedisConnectionFactory",
            "org.springframework.data.redis.connection.ReactiveRedisConnectionFactory");
    private static final List<String> OTHER_CLIENTS = List.of(
            "io.lettuce.core.AbstractRedisClient",
            "redis.clients.jedis.UnifiedJedis",
            "redis.clients.jedis.JedisPool",
            "org.redisson.api.RedissonClient");
    private static final List<String> LIBRARIES =
            List.of("io.ratelimit.redis.RedisLimitStore", "io.lettuce.core.RedisClient", CONNECTION_DETAILS);

    private static final List<String> PROPERTIES = List.of("url", "host", "sentinel", "cluster", "masterreplica");

    private final ConfigurableListableBeanFactory beans;
    private final Environment environment;
    private final @Nullable ClassLoader loader;

    private RedisFinder(ConfigurableListableBeanFactory beans, Environment environment) {
        this.beans = beans;
        this.environment = environment;
        this.loader = beans.getBeanClassLoader();
    }

    /** Looks, in properties and the definitions of beans alone: creates no bean. */
    public static BackendFinding find(ConfigurableListableBeanFactory beans, Environment environment) {
        return new RedisFinder(beans, environment).find();
    }

    /** Returns the classes that are asked for by name, which a native image has to be told of. */
    static List<String> classesAskedForByName() {
        return Stream.of(LIBRARIES, FACTORIES, OTHER_CLIENTS, List.of(LETTUCE_FACTORY))
                .flatMap(List::stream)
                .toList();
    }

    private BackendFinding find() {
        Optional<String> configured = property().or(this::connectionDetails);
        List<String> factories = ownBeans(FACTORIES);
        Optional<String> seen = configured
                .or(() -> factories.stream().findFirst().map(this::describe))
                .or(() -> ownBeans(OTHER_CLIENTS).stream().findFirst().map(this::describe));
        Optional<String> library = LIBRARIES.stream()
                .filter(name -> !ClassUtils.isPresent(name, loader))
                .findFirst()
                .map(name -> "the class " + name + " is not on the class path");
        if (seen.isEmpty()) {
            return BackendFinding.nothing(library.orElse("no Redis is configured for the application"));
        }
        if (library.isPresent()) {
            return BackendFinding.unusable(seen.get(), library.get());
        }
        if (configured.isPresent() && !namesOf(CONNECTION_DETAILS).isEmpty()) {
            return BackendFinding.usable(configured.get());
        }
        return byFactory(
                seen.get(),
                configured.isPresent(),
                factories.stream().filter(this::mayBeLettuce).toList());
    }

    private BackendFinding byFactory(String seen, boolean configured, List<String> factories) {
        if (factories.isEmpty()) {
            return BackendFinding.unusable(
                    seen,
                    configured
                            ? "there is no bean of type DataRedisConnectionDetails; is DataRedisAutoConfiguration excluded?"
                            : "it is no LettuceConnectionFactory");
        }
        List<String> primary = factories.stream().filter(this::isPrimary).toList();
        List<String> preferred = primary.isEmpty() ? factories : primary;
        return preferred.size() == 1
                ? BackendFinding.usableBy(preferred.get(0))
                : BackendFinding.unusable(
                        "one of the beans " + String.join(", ", preferred), "none of them is the primary one");
    }

    private Optional<String> property() {
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
    private Optional<String> connectionDetails() {
        return namesOf(CONNECTION_DETAILS).stream()
                .filter(name -> !DETAILS_OF_BOOT.equals(typeName(name)))
                .findFirst()
                .map(name -> "the bean " + name);
    }

    /** Returns the beans of these types that Boot does not make: its connection factory leads to localhost by default. */
    private List<String> ownBeans(List<String> types) {
        Set<String> names = new LinkedHashSet<>();
        types.forEach(type -> names.addAll(namesOf(type)));
        List<String> own = new ArrayList<>(names);
        own.removeIf(this::isMadeByBoot);
        return own;
    }

    private List<String> namesOf(String type) {
        return ClassUtils.isPresent(type, loader)
                ? List.of(beans.getBeanNamesForType(ClassUtils.resolveClassName(type, loader), true, false))
                : List.of();
    }

    private boolean isMadeByBoot(String name) {
        return beans.containsBeanDefinition(name)
                && beans.getMergedBeanDefinition(name) instanceof RootBeanDefinition definition
                && isOfBoot(definition.getResolvedFactoryMethod());
    }

    private static boolean isOfBoot(@Nullable Method method) {
        return method != null && method.getDeclaringClass().getName().startsWith("org.springframework.boot.");
    }

    private boolean isPrimary(String name) {
        return beans.containsBeanDefinition(name)
                && beans.getMergedBeanDefinition(name).isPrimary();
    }

    /** A bean may be declared as an interface that Lettuce's factory implements, and turn out to be another one. */
    private boolean mayBeLettuce(String name) {
        Class<?> declared = beans.getType(name, false);
        Class<?> lettuce = ClassUtils.resolveClassName(LETTUCE_FACTORY, loader);
        return declared == null || lettuce.isAssignableFrom(declared) || declared.isAssignableFrom(lettuce);
    }

    private String describe(String name) {
        return "the bean " + name + " of type " + ClassUtils.getShortName(typeName(name));
    }

    private String typeName(String name) {
        Class<?> type = beans.getType(name, false);
        return type == null ? "unknown" : type.getName();
    }
}
