package io.ratelimit.spring.annotation;

import io.ratelimit.rule.Rule;
import io.ratelimit.spring.web.HandlerRules;
import java.util.List;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.web.method.HandlerMethod;

/** The rules that the annotations of handler methods ask for. Safe for any number of threads. */
public final class AnnotatedHandlers implements HandlerRules {
    private final AnnotatedRules rules;

    /** Creates the rules of an application's handlers. */
    public AnnotatedHandlers(RateLimitedSupport support) {
        this.rules = support.annotated();
    }

    @Override
    public List<Rule> rulesFor(HandlerMethod handler) {
        // A proxy by interfaces hides the class that has the annotations.
        Class<?> type = handler.getBean() instanceof String
                ? handler.getBeanType()
                : AopProxyUtils.ultimateTargetClass(handler.getBean());
        return rules.handler(type, handler.getMethod());
    }
}
