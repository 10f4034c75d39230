package io.ratelimit.spring.autoconfigure.annotation;

import io.ratelimit.RuleLimiter;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.spring.annotation.AnnotatedHandlers;
import io.ratelimit.spring.annotation.RateLimitedPostProcessor;
import io.ratelimit.spring.annotation.RateLimitedSupport;
import io.ratelimit.spring.annotation.ReactiveWebLayer;
import io.ratelimit.spring.annotation.ServletWebLayer;
import io.ratelimit.spring.annotation.WebLayer;
import io.ratelimit.spring.autoconfigure.AnnotatedRuleUse;
import io.ratelimit.spring.autoconfigure.ConditionalOnRateLimit;
import io.ratelimit.spring.autoconfigure.annotation.LateCalls.ContextPropagation;
import io.ratelimit.spring.configuration.RateLimitProperties;
import io.ratelimit.spring.decision.LimiterErrorListener;
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
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.DispatcherServlet;

/** Limits what carries {@code @RateLimited}: handlers of web requests, and methods of all other beans. */
@AutoConfiguration(
        afterName = "io.ratelimit.spring.autoconfigure.RateLimitAutoConfiguration",
        beforeName = "io.ratelimit.spring.autoconfigure.web.RateLimitWebAutoConfiguration")
@ConditionalOnRateLimit
@ConditionalOnClass(Advisor.class)
final class RateLimitedAutoConfiguration {
    /** Takes everything as suppliers: a post-processor must not pull other beans in. */
    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static RateLimitedSupport rateLimitedSupport(
            ConfigurableListableBeanFactory beans,
            ObjectProvider<RuleSet> rules,
            ObjectProvider<RuleLimiter> limiter,
            ObjectProvider<IdentityDigest> digest,
            ObjectProvider<RateLimitProperties> properties,
            ObjectProvider<LimiterErrorListener> errors,
            ObjectProvider<WebLayer> web,
            ObjectProvider<TaskDecorator> decorators,
            ObjectProvider<ContextPropagation> propagation) {
        LateCalls late = new LateCalls(beans, decorators, propagation);
        return RateLimitedSupport.builder(rules::getObject, limiter::getObject)
                .digest(digest::getObject)
                .mode(() -> properties.getObject().mode())
                .placeholders(text -> {
                    String resolved = beans.resolveEmbeddedValue(text);
                    return resolved == null ? text : resolved;
                })
                .errors(() ->
                        (error, cause) -> errors.orderedStream().forEach(listener -> listener.failed(error, cause)))
                .stages(late::executor, late::context)
                .web(web.getIfAvailable(() -> WebLayer.NONE))
                .build();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static RateLimitedPostProcessor rateLimitedPostProcessor(RateLimitedSupport support, Environment environment) {
        RateLimitedPostProcessor processor = support.postProcessor();
        processor.setProxyTargetClass(environment.getProperty("spring.aop.proxy-target-class", Boolean.class, true));
        return processor;
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static BeanPostProcessor rateLimitedOutermostPostProcessor(RateLimitedSupport support) {
        return support.outermostPostProcessor();
    }

    @Bean
    AnnotatedRuleUse rateLimitAnnotatedRuleUse(RateLimitedSupport support) {
        return new SupportedRuleUse(support);
    }

    /** The handlers of a servlet application. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnClass({Filter.class, DispatcherServlet.class})
    static class Handlers {
        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static WebLayer rateLimitWebLayer(ObjectProvider<RequestRules> rules) {
            return new ServletWebLayer(() -> rules.getObject()::demand, rules::getObject);
        }

        @Bean
        HandlerRules rateLimitHandlerRules(RateLimitedSupport support) {
            return new AnnotatedHandlers(support);
        }
    }

    /** The handlers of a reactive application, which are not limited. */
    @Configuration(proxyBeanMethods = false)
    @Conditional(OnReactiveContextCondition.class)
    @ConditionalOnClass(RequestMapping.class)
    static class ReactiveHandlers {
        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static WebLayer rateLimitWebLayer() {
            return new ReactiveWebLayer();
        }
    }

    /** What other libraries, such as Spring Security, want to be carried from thread to thread. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "io.micrometer.context.ContextSnapshotFactory")
    static class Contexts {
        @Bean
        ContextPropagation rateLimitContextPropagation() {
            return new ContextPropagation(new ContextPropagatingTaskDecorator());
        }
    }
}
