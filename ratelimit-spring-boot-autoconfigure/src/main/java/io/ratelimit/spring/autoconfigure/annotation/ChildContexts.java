package io.ratelimit.spring.autoconfigure.annotation;

import io.ratelimit.spring.annotation.RateLimitedSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.util.ClassUtils;

/**
 * Limits the beans of contexts that Spring Boot starts below that of the application. Its post-processors do not work there,
 * and no auto-configuration need be asked for.
 */
final class ChildContexts implements ApplicationContextInitializer<ConfigurableApplicationContext> {
    private static final boolean AOP = ClassUtils.isPresent("org.springframework.aop.Advisor", null);

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        if (AOP) {
            context.addBeanFactoryPostProcessor(beans -> {
                RateLimitedSupport support = supportOf(beans.getParentBeanFactory());
                if (support != null) {
                    support.limit(beans);
                }
            });
        }
    }

    /** Returns what limits the beans of a context or of those above it; {@code null} if nothing does. */
    static @Nullable RateLimitedSupport supportOf(@Nullable BeanFactory context) {
        return context == null
                ? null
                : context.getBeanProvider(RateLimitedSupport.class).getIfAvailable();
    }

    /** Refuses a context below that of the application that has beans to limit and was started in another way. */
    record Check(ApplicationContext context, RateLimitedSupport support)
            implements ApplicationListener<ContextRefreshedEvent> {
        @Override
        public void onApplicationEvent(ContextRefreshedEvent event) {
            // Contexts tell their events to those above them too.
            if (event.getApplicationContext() != context
                    && event.getApplicationContext().getAutowireCapableBeanFactory()
                            instanceof ConfigurableListableBeanFactory beans) {
                support.requireLimited(beans);
            }
        }
    }
}
