package io.ratelimit.spring.autoconfigure.health;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Says whether anything of the application uses the Redis connection that Boot configures: a bean that is neither Boot's
 * own nor one that Spring Data makes of it, and that was given one of those. Each answer is of the moment, because beans may
 * come late.
 */
final class RedisUse {
    private static final List<String> INFRASTRUCTURE = List.of(
            "org.springframework.boot.data.redis.",
            "org.springframework.data.redis.",
            "org.springframework.data.keyvalue.");

    private final ConfigurableListableBeanFactory beans;
    private final String healthContributor;

    /**
     * Looks at nothing yet.
     *
     * @param healthContributor the bean whose use of the connection does not count
     */
    RedisUse(ConfigurableListableBeanFactory beans, String healthContributor) {
        this.beans = beans;
        this.healthContributor = healthContributor;
    }

    boolean isThere() {
        Deque<String> open = new ArrayDeque<>();
        connectionFactories().forEach(open::add);
        Set<String> seen = new HashSet<>(open);
        while (!open.isEmpty()) {
            String bean = open.remove();
            if (!isInfrastructure(bean)) {
                return true;
            }
            for (String dependent : beans.getDependentBeans(bean)) {
                if (!dependent.equals(healthContributor) && seen.add(dependent)) {
                    open.add(dependent);
                }
            }
        }
        return false;
    }

    private Stream<String> connectionFactories() {
        return Stream.of(RedisConnectionFactory.class, ReactiveRedisConnectionFactory.class)
                .flatMap(type -> Stream.of(beans.getBeanNamesForType(type, true, false)));
    }

    private boolean isInfrastructure(String bean) {
        if (!beans.containsBeanDefinition(bean)) {
            return false;
        }
        BeanDefinition definition = beans.getMergedBeanDefinition(bean);
        // A method's bean belongs to whoever declares the method, whatever its type.
        String origin = definition.getFactoryBeanName() != null
                ? origin(definition.getFactoryBeanName())
                : definition.getBeanClassName();
        return origin != null && INFRASTRUCTURE.stream().anyMatch(origin::startsWith);
    }

    private @Nullable String origin(String factoryBean) {
        return beans.containsBeanDefinition(factoryBean)
                ? beans.getMergedBeanDefinition(factoryBean).getBeanClassName()
                : null;
    }
}
