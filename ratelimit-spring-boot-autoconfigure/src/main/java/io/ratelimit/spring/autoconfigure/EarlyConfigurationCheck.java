package io.ratelimit.spring.autoconfigure;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Binds the properties before any other bean is created. A filter needs them, so otherwise a wrong configuration would
 * first stop a half-started web server, which prints errors of its own.
 */
final class EarlyConfigurationCheck implements BeanFactoryPostProcessor {
    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
        beanFactory.getBean(RateLimitProperties.class);
    }
}
