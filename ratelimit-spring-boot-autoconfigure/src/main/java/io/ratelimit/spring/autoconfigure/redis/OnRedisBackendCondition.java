package io.ratelimit.spring.autoconfigure.redis;

import io.ratelimit.spring.autoconfigure.RedisConfigured;
import java.util.Locale;
import java.util.Objects;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches if Redis is the backend: because it is asked for, or because the application has one and nothing is asked for. */
final class OnRedisBackendCondition extends SpringBootCondition implements ConfigurationCondition {
    private static final String PROPERTY = "ratelimit.backend";

    @Override
    public ConfigurationPhase getConfigurationPhase() {
        return ConfigurationPhase.REGISTER_BEAN;
    }

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        String backend =
                context.getEnvironment().getProperty(PROPERTY, "").strip().toLowerCase(Locale.ROOT);
        ConditionMessage.Builder message = ConditionMessage.forCondition("Rate limit backend");
        if (!backend.isEmpty() && !backend.equals("redis")) {
            return ConditionOutcome.noMatch(message.because(PROPERTY + " is " + backend));
        }
        RedisConfigured redis =
                RedisConfigured.find(Objects.requireNonNull(context.getBeanFactory()), context.getEnvironment());
        return redis.missing()
                .map(missing -> ConditionOutcome.noMatch(message.because(missing)))
                .orElseGet(() -> ConditionOutcome.match(message.because(
                        "Redis is configured by " + redis.found().orElse(""))));
    }
}
