package io.ratelimit.spring.autoconfigure.web;

import io.ratelimit.spring.web.RateLimitFilter;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.core.env.Environment;

/** Registers filters around the place where Spring Security is. */
final class Filters {
    /** {@code SecurityFilterProperties.DEFAULT_FILTER_ORDER}, whose class is there only with Spring Security. */
    private static final int DEFAULT_SECURITY_ORDER = -100;

    private Filters() {}

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
