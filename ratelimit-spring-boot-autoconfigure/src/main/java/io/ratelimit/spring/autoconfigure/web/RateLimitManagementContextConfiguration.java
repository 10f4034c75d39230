package io.ratelimit.spring.autoconfigure.web;

import io.ratelimit.RuleLimiter;
import io.ratelimit.spring.autoconfigure.ConditionalOnRateLimit;
import io.ratelimit.spring.web.WebSettings;
import io.ratelimit.spring.web.servlet.RateLimitFilter;
import io.ratelimit.spring.web.servlet.RateLimitWeb;
import jakarta.servlet.Filter;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
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

/** Puts the limiter in front of a management port of its own too: another server, with filters of its own. */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnRateLimit
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({Filter.class, DispatcherServlet.class, FilterRegistrationBean.class})
@ConditionalOnBean({WebParts.class, RuleLimiter.class})
final class RateLimitManagementContextConfiguration {
    private static final String WEB = "io.ratelimit.rateLimitManagementWeb";
    private static final String DEFAULT_EXCLUDE = "/actuator/health/**";
    private static final String HEALTH = "health";

    /** No candidate for others: whoever asks for one by its type means the application's. */
    @Bean(name = WEB, defaultCandidate = false)
    RateLimitWeb rateLimitManagementWeb(
            ApplicationContext context, WebParts parts, WebSettings settings, WebEndpointProperties endpoints) {
        return parts.web(context, parts.gate(withHealthFree(settings, endpoints)));
    }

    /** Where the paths of endpoints are configured, probes must not meet a limit that they do not meet elsewhere. */
    private static WebSettings withHealthFree(WebSettings settings, WebEndpointProperties endpoints) {
        if (!settings.exclude().contains(DEFAULT_EXCLUDE)) {
            return settings;
        }
        List<String> exclude = new ArrayList<>(settings.exclude());
        exclude.add(endpoints.getBasePath() + "/" + endpoints.getPathMapping().getOrDefault(HEALTH, HEALTH) + "/**");
        return settings.withExclude(exclude.toArray(String[]::new));
    }

    /** As on the application's port. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(name = RateLimitWebAutoConfiguration.SECURITY_FILTER)
    static class AroundSecurity {
        @Bean("io.ratelimit.rateLimitManagementFilterBeforeAuthentication")
        FilterRegistrationBean<RateLimitFilter> beforeAuthentication(
                @Qualifier(WEB) RateLimitWeb web, Environment environment) {
            return Filters.beforeSecurity(
                    "io.ratelimit.rateLimitManagementFilterBeforeAuthentication", web, environment);
        }

        @Bean("io.ratelimit.rateLimitManagementFilterAfterAuthentication")
        FilterRegistrationBean<RateLimitFilter> afterAuthentication(
                @Qualifier(WEB) RateLimitWeb web, Environment environment) {
            return Filters.afterSecurity("io.ratelimit.rateLimitManagementFilterAfterAuthentication", web, environment);
        }
    }

    /** As on the application's port. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(name = RateLimitWebAutoConfiguration.SECURITY_FILTER)
    static class WithoutSecurity {
        @Bean("io.ratelimit.rateLimitManagementFilter")
        FilterRegistrationBean<RateLimitFilter> filter(@Qualifier(WEB) RateLimitWeb web, Environment environment) {
            return Filters.withoutSecurity("io.ratelimit.rateLimitManagementFilter", web, environment);
        }
    }
}
