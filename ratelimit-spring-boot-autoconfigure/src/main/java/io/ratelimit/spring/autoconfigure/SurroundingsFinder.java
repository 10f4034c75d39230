package io.ratelimit.spring.autoconfigure;

import io.ratelimit.identity.ApiKeyRegistry;
import io.ratelimit.identity.TierResolver;
import io.ratelimit.spring.configuration.Surroundings;
import io.ratelimit.store.LimitStore;
import java.util.List;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/** Finds out what an application has, from the definitions of its beans alone: nothing is created for it. */
final class SurroundingsFinder {
    private static final String KEY_RESOLVER = "io.ratelimit.spring.web.servlet.KeyResolver";
    private static final String OUR_PACKAGE = SurroundingsFinder.class.getPackageName() + ".";

    private SurroundingsFinder() {}

    static Surroundings find(ConfigurableListableBeanFactory beans, Environment environment) {
        return new Surroundings(
                namesOf(beans, KEY_RESOLVER),
                hasOwn(beans, ApiKeyRegistry.class),
                hasOwn(beans, TierResolver.class),
                hasOwn(beans, LimitStore.class),
                Backends.missing(beans, environment));
    }

    private static List<String> namesOf(ListableBeanFactory beans, String typeName) {
        ClassLoader loader = SurroundingsFinder.class.getClassLoader();
        // Its methods have types of the servlet API, without which it cannot be used, though it is there.
        if (!ClassUtils.isPresent("jakarta.servlet.http.HttpServletRequest", loader)
                || !ClassUtils.isPresent(typeName, loader)) {
            return List.of();
        }
        return List.of(beans.getBeanNamesForType(ClassUtils.resolveClassName(typeName, loader), true, false));
    }

    /** Returns whether somebody else than this package defines such a bean. */
    private static boolean hasOwn(ConfigurableListableBeanFactory beans, Class<?> type) {
        for (String name : beans.getBeanNamesForType(type, true, false)) {
            if (!beans.containsBeanDefinition(name) || !isOurs(beans.getBeanDefinition(name))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOurs(BeanDefinition bean) {
        return bean instanceof AnnotatedBeanDefinition annotated
                && annotated.getFactoryMethodMetadata() != null
                && annotated.getFactoryMethodMetadata().getDeclaringClassName().startsWith(OUR_PACKAGE);
    }
}
