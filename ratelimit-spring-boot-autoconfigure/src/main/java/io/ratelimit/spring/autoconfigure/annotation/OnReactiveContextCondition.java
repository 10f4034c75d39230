package io.ratelimit.spring.autoconfigure.annotation;

import org.springframework.boot.web.context.reactive.ReactiveWebApplicationContext;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Whether the application is reactive by its context, which is also what the report at the start goes by. */
final class OnReactiveContextCondition implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        return context.getResourceLoader() instanceof ReactiveWebApplicationContext;
    }
}
