package io.ratelimit.spring.autoconfigure.web;

import io.ratelimit.rule.Phase;
import io.ratelimit.spring.web.servlet.RateLimitFilter;
import io.ratelimit.spring.web.servlet.RateLimitWeb;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.core.env.Environment;

/** Registers filters around the place where Spring Security is, or at that place where it is not. */
final class Filters {
    private static final Logger log = LoggerFactory.getLogger(Filters.class);

    /** {@code SecurityFilterProperties.DEFAULT_FILTER_ORDER}, whose class is there only with Spring Security. */
    private static final int DEFAULT_SECURITY_ORDER = -100;

    private Filters() {}

    /** Registers the filter that decides the rules that need no user. */
    static FilterRegistrationBean<RateLimitFilter> beforeSecurity(
            String name, RateLimitWeb web, Environment environment) {
        int order = securityOrder(environment);
        if (order > Integer.MIN_VALUE) {
            order--;
        } else {
            log.warn(
                    "spring.security.filter.order is {}, which leaves no room in front: rules that need no user may be"
                            + " decided behind Spring Security",
                    order);
        }
        return register(name, web, EnumSet.of(Phase.BEFORE_AUTHENTICATION), order);
    }

    /** Registers the filter that decides the rules that need the user. */
    static FilterRegistrationBean<RateLimitFilter> afterSecurity(
            String name, RateLimitWeb web, Environment environment) {
        int order = securityOrder(environment);
        if (order < Integer.MAX_VALUE) {
            order++;
        } else {
            log.warn(
                    "spring.security.filter.order is {}, which leaves no room behind: rules that need the user may be"
                            + " decided before Spring Security knows it",
                    order);
        }
        return register(name, web, EnumSet.of(Phase.AFTER_AUTHENTICATION), order);
    }

    /** Registers one filter for all rules, where there is no Spring Security. */
    static FilterRegistrationBean<RateLimitFilter> withoutSecurity(
            String name, RateLimitWeb web, Environment environment) {
        return register(name, web, EnumSet.allOf(Phase.class), securityOrder(environment));
    }

    private static int securityOrder(Environment environment) {
        return environment.getProperty("spring.security.filter.order", Integer.class, DEFAULT_SECURITY_ORDER);
    }

    private static FilterRegistrationBean<RateLimitFilter> register(
            String name, RateLimitWeb web, Set<Phase> phases, int order) {
        FilterRegistrationBean<RateLimitFilter> registration = new FilterRegistrationBean<>(web.filter(phases));
        registration.setName(name);
        registration.setOrder(order);
        registration.setDispatcherTypes(EnumSet.allOf(DispatcherType.class));
        return registration;
    }
}
