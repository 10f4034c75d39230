package io.ratelimit.spring.autoconfigure.redis;

import io.lettuce.core.RedisClient;
import io.ratelimit.failover.FailoverListener;
import io.ratelimit.failover.FailoverSettings;
import io.ratelimit.failover.FailoverStore;
import io.ratelimit.redis.RedisLimitStore;
import io.ratelimit.spring.actuate.CircuitEvents;
import io.ratelimit.spring.autoconfigure.BackendChoice;
import io.ratelimit.spring.autoconfigure.ConditionalOnRateLimit;
import io.ratelimit.spring.autoconfigure.RedisConfigured;
import io.ratelimit.spring.configuration.RateLimitProperties;
import io.ratelimit.store.LimitStore;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/** Keeps the counters in the Redis of the application. */
@AutoConfiguration(
        beforeName = "io.ratelimit.spring.autoconfigure.RateLimitAutoConfiguration",
        afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnRateLimit
@ConditionalOnClass({RedisLimitStore.class, RedisClient.class, DataRedisConnectionDetails.class})
@ConditionalOnMissingBean(LimitStore.class)
@Conditional(OnRedisBackendCondition.class)
@EnableConfigurationProperties(RateLimitProperties.class)
@Import(RedisTarget.class)
final class RedisRateLimitAutoConfiguration {
    @Bean
    FailoverStore rateLimitRedisStore(
            RateLimitProperties properties, RedisTarget target, ObjectProvider<FailoverListener> listeners) {
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
                .listener(new FailoverListeners(listeners.orderedStream().toList()))
                .build();
    }

    @Bean
    CircuitEvents rateLimitCircuitEvents(ApplicationEventPublisher publisher, ConfigurableBeanFactory beans) {
        return new CircuitEvents("redis", publisher::publishEvent, beans.getBeanClassLoader());
    }

    @Bean
    BackendChoice rateLimitBackendChoice(
            RateLimitProperties properties, RedisTarget target, ListableBeanFactory beans, Environment environment) {
        String reason = properties.backend() != null
                ? "ratelimit.backend says so"
                : RedisConfigured.find(beans, environment).found().orElse("a Redis") + " is there";
        return new BackendChoice("redis", "Redis at " + target, reason);
    }
}
