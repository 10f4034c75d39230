package io.ratelimit.spring.autoconfigure.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.resource.ClientResources;
import io.ratelimit.failover.FailoverListener;
import io.ratelimit.failover.FailoverSettings;
import io.ratelimit.failover.FailoverStore;
import io.ratelimit.redis.RedisLimitStore;
import io.ratelimit.spring.actuate.CircuitEvents;
import io.ratelimit.spring.autoconfigure.BackendChoice;
import io.ratelimit.spring.autoconfigure.BackendFinding;
import io.ratelimit.spring.autoconfigure.Backends;
import io.ratelimit.spring.autoconfigure.ConditionalOnBackend;
import io.ratelimit.spring.autoconfigure.ConditionalOnRateLimit;
import io.ratelimit.spring.autoconfigure.RedisFinder;
import io.ratelimit.spring.configuration.InvalidRateLimitConfigurationException;
import io.ratelimit.spring.configuration.RateLimitProperties;
import io.ratelimit.spring.configuration.RateLimitProperties.Backend;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.MemoryStore;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisProperties;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Keeps the counters in the Redis of the application. */
@AutoConfiguration(
        beforeName = "io.ratelimit.spring.autoconfigure.RateLimitAutoConfiguration",
        afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnRateLimit
@ConditionalOnClass({RedisLimitStore.class, RedisClient.class, DataRedisConnectionDetails.class})
@ConditionalOnMissingBean(LimitStore.class)
@ConditionalOnBackend(Backend.REDIS)
@EnableConfigurationProperties(RateLimitProperties.class)
final class RedisRateLimitAutoConfiguration {
    @Bean("io.ratelimit.rateLimitRedisTarget")
    RedisTarget rateLimitRedisTarget(
            ConfigurableListableBeanFactory beans,
            Environment environment,
            ObjectProvider<DataRedisConnectionDetails> details,
            ObjectProvider<DataRedisProperties> properties,
            ObjectProvider<ClientResources> resources,
            ObjectProvider<LettuceClientOptionsBuilderCustomizer> customizers) {
        BackendFinding found = RedisFinder.find(beans, environment);
        if (!found.isUsable()) {
            return RedisTarget.unusable(found.problem().orElse(""));
        }
        return found.bean()
                .map(factory -> FactoryTarget.of(factory, beans.getBean(factory)))
                .orElseGet(() -> new DetailsTarget(details.getObject(), properties, resources, customizers).target());
    }

    /** A factory that is declared as an interface may show only when it is made that it is none of Lettuce's. */
    @Bean("io.ratelimit.rateLimitRedisStore")
    FailoverStore rateLimitRedisStore(
            RateLimitProperties properties, RedisTarget target, ObjectProvider<FailoverListener> listeners) {
        if (target.isUsable()) {
            return store(
                    properties,
                    target,
                    new FailoverListeners(listeners.orderedStream().toList()));
        }
        if (properties.backend() == null) {
            return FailoverStore.around(
                            MemoryStore.withMaxKeys(properties.memory().maxKeys()))
                    .build();
        }
        throw InvalidRateLimitConfigurationException.of(
                "ratelimit.backend",
                Backend.REDIS.id(),
                target.toString(),
                Backends.needs(Backend.REDIS) + ", or the backend memory",
                "ratelimit.backend: memory");
    }

    private static FailoverStore store(RateLimitProperties properties, RedisTarget target, FailoverListener listener) {
        RateLimitProperties.Redis settings = properties.redis();
        String instances = settings.fallback().instances();
        boolean counted = instances.equals("auto");
        RedisLimitStore.Builder builder = target.builder()
                .namespace(properties.namespace())
                .timeout(settings.timeout())
                .checkServer();
        RedisLimitStore redis = (counted ? builder.countInstances() : builder).build();
        try {
            new RedisProbe(redis, target, properties.namespace()).check(settings.failFast());
        } catch (RuntimeException unusable) {
            redis.close();
            throw unusable;
        }
        int fixed = counted ? 0 : Integer.parseInt(instances);
        return FailoverStore.around(redis)
                .settings(new FailoverSettings(
                        settings.circuitBreaker().failureThreshold(),
                        settings.circuitBreaker().slowCallDuration(),
                        settings.circuitBreaker().openDuration(),
                        settings.fallback().maxKeys()))
                .instances(counted ? redis::instances : () -> fixed)
                .listener(listener)
                .build();
    }

    @Bean("io.ratelimit.rateLimitCircuitEvents")
    CircuitEvents rateLimitCircuitEvents(ApplicationEventPublisher publisher, ConfigurableBeanFactory beans) {
        return new CircuitEvents("redis", publisher::publishEvent, beans.getBeanClassLoader());
    }

    @Bean("io.ratelimit.rateLimitBackendChoice")
    BackendChoice rateLimitBackendChoice(
            RateLimitProperties properties,
            RedisTarget target,
            ConfigurableListableBeanFactory beans,
            Environment environment) {
        if (!target.isUsable()) {
            return Backends.memoryInPlaceOf(Backend.REDIS, target.toString());
        }
        String reason = properties.backend() != null
                ? BackendChoice.ASKED_FOR
                : RedisFinder.find(beans, environment).seen().orElse("a Redis") + " is there";
        return new BackendChoice(Backend.REDIS.id(), "Redis at " + target, reason);
    }
}
