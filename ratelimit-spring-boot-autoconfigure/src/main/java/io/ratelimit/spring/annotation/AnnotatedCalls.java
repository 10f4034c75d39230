package io.ratelimit.spring.annotation;

import java.lang.reflect.Method;
import org.springframework.aop.support.StaticMethodMatcherPointcut;

/** The methods that are limited around their calls. */
final class AnnotatedCalls extends StaticMethodMatcherPointcut {
    private final AnnotatedRules rules;

    AnnotatedCalls(AnnotatedRules rules) {
        this.rules = rules;
        setClassFilter(type -> !rules.type(type).calls().isEmpty());
    }

    @Override
    public boolean matches(Method method, Class<?> targetClass) {
        AnnotatedType type = rules.type(targetClass);
        return type.calls().containsKey(AnnotatedType.specific(method, type.type()));
    }
}
