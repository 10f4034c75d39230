package io.ratelimit.spring.autoconfigure.annotation;

import io.ratelimit.spring.annotation.AnnotatedHandlers;
import io.ratelimit.spring.annotation.RateLimitedPostProcessor;
import io.ratelimit.spring.annotation.RateLimitedSupport;
import io.ratelimit.spring.annotation.ReactiveWebLayer;
import io.ratelimit.spring.annotation.ServletWebLayer;
import io.ratelimit.spring.annotation.WebLayer;
import io.ratelimit.spring.autoconfigure.ConditionalOnRateLimit;
import io.ratelimit.spring.autoconfigure.annotation.ApplicationBeans.ContextPropagation;
import io.ratelimit.spring.web.HandlerRules;
import io.ratelimit.spring.web.servlet.RequestRules;
import jakarta.servlet.Filter;
import org.springframework.aop.Advisor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.core.env.Environment;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.FrameworkServlet;

/** Limits what carries {@code @RateLimited}: handlers of web requests, and methods of all other beans. */
@AutoConfiguration(
        afterName = "io.ratelimit.spring.autoconfigure.RateLimitAutoConfiguration",
        beforeName = "io.ratelimit.spring.autoconfigure.web.RateLimitWebAutoConfiguration")
@ConditionalOnRateLimit
@ConditionalOnClass(Advisor.class)
final class RateLimitedAutoConfiguration {
    @Bean("io.ratelimit.rateLimitedSupport")
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static RateLimitedSupport rateLimitedSupport(ConfigurableListableBeanFactory beans, Environment environment) {
        return new RateLimitedSupport(new ApplicationBeans(beans, environment));
    }

    @Bean("io.ratelimit.rateLimitedPostProcessor")
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static RateLimitedPostProcessor rateLimitedPostProcessor(RateLimitedSupport support) {
        return support.postProcessor();
    }

    @Bean("io.ratelimit.rateLimitedOutermostPostProcessor")
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static BeanPostProcessor rateLimitedOutermostPostProcessor(RateLimitedSupport support) {
        return support.outermostPostProcessor();
    }

    @Bean("io.ratelimit.rateLimitedChildContexts")
    ApplicationListener<ContextRefreshedEvent> rateLimitedChildContexts(
            ApplicationContext context, RateLimitedSupport support) {
        return new ChildContexts.Check(context, support);
    }

    /** The handlers of a servlet application. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnClass({Filter.class, DispatcherServlet.class, ServletRegistrationBean.class})
    static class Handlers {
        @Bean("io.ratelimit.rateLimitWebLayer")
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static WebLayer rateLimitWebLayer(ObjectProvider<RequestRules> rules) {
            return new ServletWebLayer(rules::getObject);
        }

        /** A second dispatcher servlet has a context of its own, which it refreshes when the container starts it. */
        @Bean("io.ratelimit.rateLimitedServlets")
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static BeanPostProcessor rateLimitedServlets(RateLimitedSupport support) {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessBeforeInitialization(Object bean, String name) {
                    Object servlet =
                            bean instanceof ServletRegistrationBean<?> registered ? registered.getServlet() : bean;
                    if (servlet instanceof FrameworkServlet framework) {
                        framework.setContextInitializers(support::limit);
                    }
                    return bean;
                }
            };
        }

        @Bean("io.ratelimit.rateLimitHandlerRules")
        HandlerRules rateLimitHandlerRules(RateLimitedSupport support) {
            return new AnnotatedHandlers(support);
        }
    }

    /** The handlers of a reactive application, which are not limited. */
    @Configuration(proxyBeanMethods = false)
    @Conditional(OnReactiveContextCondition.class)
    @ConditionalOnClass(RequestMapping.class)
    static class ReactiveHandlers {
        @Bean("io.ratelimit.rateLimitWebLayer")
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static WebLayer rateLimitWebLayer() {
            return new ReactiveWebLayer();
        }
    }

    /** What other libraries, such as Spring Security, want to be carried from thread to thread. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "io.micrometer.context.ContextSnapshotFactory")
    static class Contexts {
        @Bean("io.ratelimit.rateLimitContextPropagation")
        ContextPropagation rateLimitContextPropagation() {
            return new ContextPropagation(new ContextPropagatingTaskDecorator());
        }
    }
}
