package io.ratelimit.spring.annotation;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.beans.factory.support.MergedBeanDefinitionPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;

/**
 * Moves the limit before all other advice of a bean. Behind asynchronous execution it would not see the web request, and behind
 * a retry it would count every attempt.
 *
 * <p>Spring calls processors of merged definitions after all others, which is why this is one.
 */
final class OutermostPostProcessor implements MergedBeanDefinitionPostProcessor {
    private final Advisor advisor;

    OutermostPostProcessor(Advisor advisor) {
        this.advisor = advisor;
    }

    @Override
    public void postProcessMergedBeanDefinition(RootBeanDefinition definition, Class<?> type, String beanName) {
        // Nothing to prepare: only the place in the order is wanted.
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof Advised advised && !advised.isFrozen() && advised.indexOf(advisor) > 0) {
            advised.removeAdvisor(advisor);
            advised.addAdvisor(0, advisor);
        }
        return bean;
    }
}
