package io.ratelimit.spring.annotation;

import io.ratelimit.limit.Quoted;
import io.ratelimit.spring.annotation.Reach.ProxyKind;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** Reads the annotations of every bean once at the start, also of those that are made later, and tells all that is wrong. */
final class BeanCheck {
    private static final Logger log = LoggerFactory.getLogger(BeanCheck.class);

    private final ConfigurableListableBeanFactory beans;
    private final AnnotatedRules rules;
    private final @Nullable Advisor advisor;
    private final ProxyKind preferred;

    /**
     * Creates the check of one context.
     *
     * @param advisor limits its beans; {@code null}: nothing does, so that whatever has to be limited is wrong
     */
    BeanCheck(
            ConfigurableListableBeanFactory beans,
            AnnotatedRules rules,
            @Nullable Advisor advisor,
            ProxyKind preferred) {
        this.beans = beans;
        this.rules = rules;
        this.advisor = advisor;
        this.preferred = preferred;
    }

    /**
     * Checks all beans.
     *
     * @throws InvalidRateLimitedException if any annotation could not work
     */
    void run() {
        AnnotationProblems problems = new AnnotationProblems();
        for (String name : beans.getBeanNamesForType(Object.class, true, false)) {
            Object bean = beans.getSingleton(name);
            Class<?> type = type(name, bean);
            if (type != null && !(bean instanceof AopInfrastructureBean)) {
                check(name, bean, rules.type(type), problems);
            }
        }
        problems.throwIfAny();
    }

    private @Nullable Class<?> type(String name, @Nullable Object bean) {
        // The singleton under the name of a factory bean is the factory; limited is what it makes.
        if (bean != null && !(bean instanceof FactoryBean)) {
            return AopProxyUtils.ultimateTargetClass(bean);
        }
        return AutoProxyUtils.determineTargetClass(beans, name);
    }

    private void check(String name, @Nullable Object bean, AnnotatedType type, AnnotationProblems problems) {
        rules.check(type.type(), problems);
        if (type.calls().isEmpty()) {
            return;
        }
        if (advisor == null) {
            type.calls().keySet().forEach(method -> problems.add(unlimited(name, type.type(), method)));
            return;
        }
        AnnotationProblems reach = new AnnotationProblems();
        Reach.check(type, kind(name, bean, type.type()), reach);
        if (!reach.isEmpty()) {
            problems.addAll(reach);
        } else if (bean != null && beans.containsBeanDefinition(name) && !isLimited(bean)) {
            // Not an error, because a test may put a mock in the bean's place, and nothing tells the two apart.
            log.warn(
                    "@RateLimited has no effect on bean '{}': it was made before limits were in place, or replaced. Limited"
                            + " methods: {}",
                    name,
                    type.calls().keySet().stream()
                            .map(method -> Declaration.where(type.type(), method))
                            .collect(Collectors.joining(", ")));
        }
    }

    private static AnnotationProblem unlimited(String name, Class<?> type, Method method) {
        return new AnnotationProblem(
                Declaration.where(type, method),
                "bean",
                Quoted.text(name),
                "it is in a context below that of the application, in which nothing limits calls",
                "the bean in the application's own context; or RateLimitedSupport.limit(context) before this one is refreshed,"
                        + " or a post-processor in it",
                "@Bean static RateLimitedPostProcessor limits(RateLimitedSupport support) { return support.postProcessor(); }");
    }

    private boolean isLimited(Object bean) {
        return bean instanceof FactoryBean
                || (bean instanceof Advised advised && advisor != null && advised.indexOf(advisor) >= 0)
                || (AopUtils.isAopProxy(bean) && !(bean instanceof Advised));
    }

    private ProxyKind kind(String name, @Nullable Object bean, Class<?> type) {
        if (bean != null && AopUtils.isAopProxy(bean)) {
            return AopUtils.isJdkDynamicProxy(bean) ? ProxyKind.INTERFACES : ProxyKind.SUBCLASS;
        }
        return kind(preferred == ProxyKind.SUBCLASS || AutoProxyUtils.shouldProxyTargetClass(beans, name), type);
    }

    private static ProxyKind kind(boolean bySubclass, Class<?> type) {
        boolean onlyInterfaces = type.isInterface() || Proxy.isProxyClass(type) || type.isHidden();
        return onlyInterfaces || (!bySubclass && type.getInterfaces().length > 0)
                ? ProxyKind.INTERFACES
                : ProxyKind.SUBCLASS;
    }

    /** Returns whether a subclass of a class could be made, if that is how its beans are proxied. */
    static boolean isProxyable(Class<?> type, boolean bySubclass) {
        return kind(bySubclass, type) == ProxyKind.INTERFACES || !Modifier.isFinal(type.getModifiers());
    }
}
