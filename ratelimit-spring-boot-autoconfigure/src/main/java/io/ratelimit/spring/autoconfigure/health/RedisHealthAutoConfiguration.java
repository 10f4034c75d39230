package io.ratelimit.spring.autoconfigure.health;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.data.redis.health.DataRedisReactiveHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import reactor.core.publisher.Mono;

/**
 * Keeps a Redis that only the limiter uses from deciding about the health of the application. The starter brings Boot's
 * connection with it, and Boot would report its health as if the application had asked for it: also where limits are switched
 * off.
 */
@AutoConfiguration
@ConditionalOnClass({
    RedisConnectionFactory.class,
    HealthIndicator.class,
    DataRedisReactiveHealthIndicator.class,
    Mono.class
})
@Conditional(OnRedisHealthUnmentionedCondition.class)
final class RedisHealthAutoConfiguration {
    @Bean("io.ratelimit.rateLimitRedisHealthPostProcessor")
    static RedisHealthPostProcessor rateLimitRedisHealthPostProcessor(ConfigurableListableBeanFactory beans) {
        return new RedisHealthPostProcessor(beans);
    }
}
