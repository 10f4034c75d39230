package io.ratelimit.spring.autoconfigure;

import io.ratelimit.spring.configuration.RateLimitProperties;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.aot.AbstractAotProcessor;

/**
 * Binds the properties before any other bean is created. A filter needs them, so otherwise a wrong configuration would
 * first stop a half-started web server, which prints errors of its own.
 */
final class EarlyConfigurationCheck implements BeanFactoryPostProcessor {
    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
        // A build ahead of time runs where the secrets and addresses of the configuration need not be known.
        if (!Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
            var unused = beanFactory.getBean(RateLimitProperties.class);
        }
    }
}
