package io.ratelimit.spring.autoconfigure.web;

import io.ratelimit.spring.web.servlet.RateLimitFilter;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.core.env.Environment;

/** Registers filters around the place where Spring Security is. */
final class Filters {
    private static final Logger log = LoggerFactory.getLogger(Filters.class);

    /** {@code SecurityFilterProperties.DEFAULT_FILTER_ORDER}, whose class is there only with Spring Security. */
    private static final int DEFAULT_SECURITY_ORDER = -100;

    private Filters() {}

    /** Returns the place in front of Spring Security; its own where there is none in front. */
    static int beforeSecurity(Environment environment) {
        int order = securityOrder(environment);
        if (order == Integer.MIN_VALUE) {
            log.warn(
                    "spring.security.filter.order is {}, which leaves no room in front: rules that need no user may be"
                            + " decided behind Spring Security",
                    order);
            return order;
        }
        return order - 1;
    }

    /** Returns the place behind Spring Security; its own where there is none behind. */
    static int afterSecurity(Environment environment) {
        int order = securityOrder(environment);
        if (order == Integer.MAX_VALUE) {
            log.warn(
                    "spring.security.filter.order is {}, which leaves no room behind: rules that need the user may be"
                            + " decided before Spring Security knows it",
                    order);
            return order;
        }
        return order + 1;
    }

    static int securityOrder(Environment environment) {
        return environment.getProperty("spring.security.filter.order", Integer.class, DEFAULT_SECURITY_ORDER);
    }

    static FilterRegistrationBean<RateLimitFilter> register(String name, RateLimitFilter filter, int order) {
        FilterRegistrationBean<RateLimitFilter> registration = new FilterRegistrationBean<>(filter);
        registration.setName(name);
        registration.setOrder(order);
        registration.setDispatcherTypes(EnumSet.allOf(DispatcherType.class));
        return registration;
    }
}
