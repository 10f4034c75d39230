package io.ratelimit.spring.web.servlet;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.security.web.FilterChainProxy;
import org.springframework.util.ClassUtils;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;

/** Finds what an application has configured about CORS, wherever: filters, Spring Security's chains, beans, MVC mappings. */
final class CorsSources {
    private static final boolean SECURITY = ClassUtils.isPresent(
            "org.springframework.security.web.FilterChainProxy", CorsSources.class.getClassLoader());

    private final ApplicationContext context;

    CorsSources(ApplicationContext context) {
        this.context = context;
    }

    /** Returns the filters that would handle CORS for a request, among others. */
    List<Filter> filters(HttpServletRequest request) {
        List<Filter> filters = new ArrayList<>();
        Set<Filter> registered = Collections.newSetFromMap(new IdentityHashMap<>());
        for (FilterRegistrationBean<?> registration : context.getBeanProvider(FilterRegistrationBean.class)
                .orderedStream()
                .toList()) {
            if (registration.getFilter() instanceof CorsFilter filter) {
                registered.add(filter);
                if (maps(registration, request) && !filters.contains(filter)) {
                    filters.add(filter);
                }
            }
        }
        // A filter that is a bean too is mapped as its registration says, which may also switch it off.
        context.getBeanProvider(CorsFilter.class)
                .orderedStream()
                .filter(filter -> !registered.contains(filter))
                .forEach(filters::add);
        if (SECURITY) {
            SecurityChains.addFilters(context, request, filters);
        }
        return filters;
    }

    private static boolean maps(FilterRegistrationBean<?> registration, HttpServletRequest request) {
        Collection<String> patterns = registration.getUrlPatterns();
        String info = request.getPathInfo();
        String path = info == null ? request.getServletPath() : request.getServletPath() + info;
        return registration.isEnabled()
                && (patterns.isEmpty() || patterns.stream().anyMatch(pattern -> matches(pattern, path)));
    }

    /** As the servlet specification maps filters: a prefix, an extension, or exactly. */
    private static boolean matches(String pattern, String path) {
        if (pattern.endsWith("/*")) {
            String prefix = pattern.substring(0, pattern.length() - 2);
            return path.equals(prefix) || path.startsWith(prefix + "/");
        }
        return pattern.startsWith("*.") ? path.endsWith(pattern.substring(1)) : path.equals(pattern);
    }

    /** Apart, so that its class is only needed where Spring Security is. */
    private static final class SecurityChains {
        static void addFilters(ApplicationContext context, HttpServletRequest request, List<Filter> filters) {
            for (FilterChainProxy proxy : context.getBeanProvider(FilterChainProxy.class)
                    .orderedStream()
                    .toList()) {
                proxy.getFilterChains().stream()
                        .filter(chain -> chain.matches(request))
                        .findFirst()
                        .ifPresent(chain -> filters.addAll(chain.getFilters()));
            }
        }
    }

    /** Returns the configuration of a bean or a handler mapping for a request; {@code null} if there is none. */
    @Nullable
    CorsConfiguration configuration(HttpServletRequest request) {
        for (CorsConfigurationSource source : context.getBeanProvider(CorsConfigurationSource.class)
                .orderedStream()
                .toList()) {
            CorsConfiguration configuration = source.getCorsConfiguration(request);
            if (configuration != null) {
                return configuration;
            }
        }
        return ofMappings(request);
    }

    private @Nullable CorsConfiguration ofMappings(HttpServletRequest request) {
        boolean parsed = ServletRequestPathUtils.hasParsedRequestPath(request);
        if (!parsed) {
            ServletRequestPathUtils.parseAndCache(request);
        }
        try {
            for (HandlerMapping mapping : context.getBeanProvider(HandlerMapping.class)
                    .orderedStream()
                    .toList()) {
                HandlerExecutionChain chain = handler(mapping, request);
                if (chain != null) {
                    return of(chain, request);
                }
            }
            return null;
        } finally {
            if (!parsed) {
                ServletRequestPathUtils.clearParsedRequestPath(request);
            }
        }
    }

    private static @Nullable HandlerExecutionChain handler(HandlerMapping mapping, HttpServletRequest request) {
        try {
            return mapping.getHandler(request);
        } catch (Exception notHandled) {
            // Such as a method that the handler does not support: nobody will answer with CORS headers either.
            return null;
        }
    }

    /** Spring MVC enforces CORS by an interceptor of its own, which knows the configuration; of preflights by the handler. */
    private static @Nullable CorsConfiguration of(HandlerExecutionChain chain, HttpServletRequest request) {
        if (chain.getHandler() instanceof CorsConfigurationSource source) {
            return source.getCorsConfiguration(request);
        }
        for (HandlerInterceptor interceptor : chain.getInterceptorList()) {
            if (interceptor instanceof CorsConfigurationSource source) {
                return source.getCorsConfiguration(request);
            }
        }
        return null;
    }
}
