package io.ratelimit.sample;

import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Gives the sample a Redis of its own where none is configured and one is needed. */
@Configuration(proxyBeanMethods = false)
class EmbeddedRedisConfiguration {
    @Bean
    @Conditional(RedisIsMissing.class)
    EmbeddedRedis embeddedRedis() {
        return EmbeddedRedis.start();
    }

    static final class RedisIsMissing implements Condition {
        /** The properties under spring.data.redis that say where a Redis is, the same that make the starter use one. */
        private static final List<String> PLACES = List.of("url", "host", "sentinel", "cluster", "masterreplica");

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return isNeeded(context.getEnvironment()) && !isConfigured(context.getEnvironment());
        }

        private static boolean isNeeded(Environment environment) {
            return environment.getProperty("ratelimit.enabled", Boolean.class, true)
                    && environment.getProperty("ratelimit.backend", "redis").equalsIgnoreCase("redis");
        }

        private static boolean isConfigured(Environment environment) {
            Map<String, Object> redis = Binder.get(environment)
                    .bind("spring.data.redis", Bindable.mapOf(String.class, Object.class))
                    .orElse(Map.of());
            return PLACES.stream().anyMatch(redis::containsKey);
        }
    }
}
