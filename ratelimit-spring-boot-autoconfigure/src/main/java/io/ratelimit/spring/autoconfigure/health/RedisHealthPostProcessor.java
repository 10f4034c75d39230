package io.ratelimit.spring.autoconfigure.health;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;

/** Keeps Boot's indicator from asking, for the application's health, a Redis that only the limiter uses. */
final class RedisHealthPostProcessor implements BeanPostProcessor {
    private static final String CONTRIBUTOR = "redisHealthContributor";

    private final RedisUse use;

    RedisHealthPostProcessor(ConfigurableListableBeanFactory beans) {
        this.use = new RedisUse(beans, CONTRIBUTOR);
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (!name.equals(CONTRIBUTOR)) {
            return bean;
        }
        if (bean instanceof HealthIndicator indicator) {
            return UnusedRedis.unless(use::isThere, indicator);
        }
        // One that is neither combines several connections, which are the application's own.
        return bean instanceof ReactiveHealthIndicator indicator ? UnusedRedis.unless(use::isThere, indicator) : bean;
    }
}
