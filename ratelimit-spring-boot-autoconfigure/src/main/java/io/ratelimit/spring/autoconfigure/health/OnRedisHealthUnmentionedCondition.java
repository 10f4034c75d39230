package io.ratelimit.spring.autoconfigure.health;

import java.util.Map;
import java.util.Set;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches unless the application says itself what its indicator of Redis is for. */
final class OnRedisHealthUnmentionedCondition extends SpringBootCondition {
    private static final String ENABLED = "management.health.redis.enabled";
    private static final String GROUPS = "management.endpoint.health.group";
    private static final String CONTRIBUTOR = "redis";

    record Group(@DefaultValue Set<String> include) {}

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        Environment environment = context.getEnvironment();
        ConditionMessage.Builder message = ConditionMessage.forCondition("Health of an unused Redis");
        if (environment.containsProperty(ENABLED)) {
            return ConditionOutcome.noMatch(message.because(ENABLED + " is set"));
        }
        Map<String, Group> groups = Binder.get(environment)
                .bind(GROUPS, Bindable.mapOf(String.class, Group.class))
                .orElse(Map.of());
        return groups.values().stream().anyMatch(group -> group.include().contains(CONTRIBUTOR))
                ? ConditionOutcome.noMatch(message.because("a group includes " + CONTRIBUTOR))
                : ConditionOutcome.match(message.because("nothing is said about it"));
    }
}
