package io.ratelimit.spring.autoconfigure.web;

import io.ratelimit.RuleLimiter;
import io.ratelimit.identity.AccessLists;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.identity.IdentityResolver;
import io.ratelimit.rule.RulesInForce;
import io.ratelimit.spring.autoconfigure.ConditionalOnRateLimit;
import io.ratelimit.spring.configuration.RateLimitProperties;
import io.ratelimit.spring.decision.LimiterErrorListener;
import io.ratelimit.spring.web.HandlerRules;
import io.ratelimit.spring.web.PathSensitivity;
import io.ratelimit.spring.web.RequestGate;
import io.ratelimit.spring.web.WebSettings;
import io.ratelimit.spring.web.servlet.KeyResolver;
import io.ratelimit.spring.web.servlet.RateLimitFilter;
import io.ratelimit.spring.web.servlet.RateLimitResponseCustomizer;
import io.ratelimit.spring.web.servlet.RateLimitWeb;
import io.ratelimit.spring.web.servlet.RequestRules;
import jakarta.servlet.Filter;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.handler.MappedInterceptor;

/** Puts the limiter in front of a servlet application. */
@AutoConfiguration(
        afterName = {
            "io.ratelimit.spring.autoconfigure.RateLimitAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration"
        })
@ConditionalOnRateLimit
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({Filter.class, DispatcherServlet.class, FilterRegistrationBean.class})
@ConditionalOnBean(RuleLimiter.class)
final class RateLimitWebAutoConfiguration {
    static final String SECURITY_FILTER = "springSecurityFilterChain";

    @Bean("io.ratelimit.rateLimitWebSettings")
    @ConditionalOnMissingBean
    WebSettings rateLimitWebSettings(RateLimitProperties properties) {
        return new WebSettings(
                properties.exclude(),
                properties.caseInsensitive() ? PathSensitivity.CASE_INSENSITIVE : PathSensitivity.CASE_SENSITIVE,
                properties.headers().style(),
                properties.retryAfterJitter(),
                properties.headers().maxRetryAfter(),
                properties.mode(),
                properties.maxHeld());
    }

    @Bean("io.ratelimit.rateLimitWebParts")
    WebParts rateLimitWebParts(
            ListableBeanFactory beans,
            RuleLimiter limiter,
            RulesInForce rules,
            IdentityResolver identities,
            AccessLists lists,
            IdentityDigest digest,
            ObjectProvider<HandlerRules> handlerRules,
            ObjectProvider<RateLimitResponseCustomizer> customizer,
            ObjectProvider<LimiterErrorListener> errorListeners) {
        return new WebParts(
                limiter,
                rules,
                identities,
                lists,
                digest,
                handlerRules.orderedStream().toList(),
                beans.getBeansOfType(KeyResolver.class),
                customizer.getIfAvailable(),
                errorListeners.orderedStream().toList());
    }

    @Bean("io.ratelimit.rateLimitRequestGate")
    RequestGate rateLimitRequestGate(WebParts parts, WebSettings settings) {
        return parts.gate(settings);
    }

    @Bean("io.ratelimit.rateLimitWeb")
    @ConditionalOnMissingBean
    RateLimitWeb rateLimitWeb(ApplicationContext context, WebParts parts, RequestGate gate) {
        return parts.web(context, gate);
    }

    @Bean("io.ratelimit.rateLimitInterceptor")
    MappedInterceptor rateLimitInterceptor(RateLimitWeb web) {
        return web.interceptor();
    }

    @Bean("io.ratelimit.rateLimitExceptionResolver")
    HandlerExceptionResolver rateLimitExceptionResolver(RateLimitWeb web) {
        return web.exceptionResolver();
    }

    @Bean("io.ratelimit.rateLimitRequestRules")
    @ConditionalOnMissingBean
    RequestRules rateLimitRequestRules(RateLimitWeb web) {
        return web.requestRules();
    }

    @Bean("io.ratelimit.rateLimitForwardedHeadersReport")
    ForwardedHeadersReport rateLimitForwardedHeadersReport(Environment environment, RateLimitProperties properties) {
        return new ForwardedHeadersReport(
                environment, properties.identity().ip().trustedProxies());
    }

    /** With Spring Security, rules that need no user are decided before it and the others behind it. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(name = SECURITY_FILTER)
    static class AroundSecurity {
        @Bean("io.ratelimit.rateLimitFilterBeforeAuthentication")
        FilterRegistrationBean<RateLimitFilter> rateLimitFilterBeforeAuthentication(
                RateLimitWeb web, Environment environment) {
            return Filters.beforeSecurity("io.ratelimit.rateLimitFilterBeforeAuthentication", web, environment);
        }

        @Bean("io.ratelimit.rateLimitFilterAfterAuthentication")
        FilterRegistrationBean<RateLimitFilter> rateLimitFilterAfterAuthentication(
                RateLimitWeb web, Environment environment) {
            return Filters.afterSecurity("io.ratelimit.rateLimitFilterAfterAuthentication", web, environment);
        }
    }

    /** Without it, the container knows the user from the start. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(name = SECURITY_FILTER)
    static class WithoutSecurity {
        @Bean("io.ratelimit.rateLimitFilter")
        FilterRegistrationBean<RateLimitFilter> rateLimitFilter(RateLimitWeb web, Environment environment) {
            return Filters.withoutSecurity("io.ratelimit.rateLimitFilter", web, environment);
        }
    }
}
