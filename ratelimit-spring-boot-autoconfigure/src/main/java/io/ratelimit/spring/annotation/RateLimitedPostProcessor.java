package io.ratelimit.spring.annotation;

import io.ratelimit.spring.annotation.Reach.ProxyKind;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Puts limits around the beans that ask for them, and checks every bean's annotations when all are there.
 *
 * <p>Comes after the processors that make proxies of their own, to which it adds, and before those that remember beans to call
 * them, such as message listeners.
 */
public final class RateLimitedPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor
        implements SmartInitializingSingleton {
    private static final long serialVersionUID = 1L;

    private final transient AnnotatedRules rules;

    RateLimitedPostProcessor(AnnotatedRules rules, Advisor advisor, ProxyKind proxies) {
        this.rules = rules;
        this.advisor = advisor;
        setProxyTargetClass(proxies == ProxyKind.SUBCLASS);
        setBeforeExistingAdvisors(true);
        // Listener containers of brokers come last, in no order of their own.
        setOrder(LOWEST_PRECEDENCE - 1);
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        // One object may be a bean under several names, and is limited once.
        return isAdvised(bean) ? bean : super.postProcessAfterInitialization(bean, beanName);
    }

    private boolean isAdvised(Object bean) {
        return advisor != null && bean instanceof Advised advised && advised.indexOf(advisor) >= 0;
    }

    /** Leaves out what cannot be proxied: the check tells about it, with everything else that is wrong. */
    @Override
    protected boolean isEligible(Object bean, String beanName) {
        return super.isEligible(bean, beanName) && BeanCheck.isProxyable(bean.getClass(), proxiesSubclass(beanName));
    }

    private boolean proxiesSubclass(String beanName) {
        return isProxyTargetClass()
                || (beanFactory != null && AutoProxyUtils.shouldProxyTargetClass(beanFactory, beanName));
    }

    /**
     * Checks every bean.
     *
     * @throws InvalidRateLimitedException if any annotation could not work
     */
    @Override
    public void afterSingletonsInstantiated() {
        if (beanFactory != null && advisor != null) {
            ProxyKind preferred = isProxyTargetClass() ? ProxyKind.SUBCLASS : ProxyKind.INTERFACES;
            new BeanCheck(beanFactory, rules, advisor, preferred).run();
        }
    }
}
