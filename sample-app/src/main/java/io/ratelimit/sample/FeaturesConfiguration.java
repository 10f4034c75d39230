package io.ratelimit.sample;

import io.ratelimit.identity.TierResolver;
import io.ratelimit.spring.web.servlet.KeyResolver;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.security.Principal;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.Ordered;

/** The beans that application-features.yml speaks of. */
@Configuration(proxyBeanMethods = false)
@Profile("features")
class FeaturesConfiguration {
    private static final Set<String> PARTNERS = Set.of("north", "south");
    private static final Map<String, String> PLANS = Map.of("ada", "partner", "root", "internal");

    /** A rule names it as its key. Who is no partner counts by address, so that made-up names buy nothing. */
    @Bean
    KeyResolver partner() {
        return request -> {
            String name = request.getHeader("X-Partner");
            return name != null && PARTNERS.contains(name) ? name : null;
        };
    }

    /** Knows the tiers of users; those of API keys stand beside the keys. */
    @Bean
    TierResolver plans() {
        return PLANS::get;
    }

    /** Stands for whatever authenticates users, such as Spring Security. Nobody should believe a header in earnest. */
    @Bean
    FilterRegistrationBean<Filter> demoUser() {
        FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(
                (request, response, chain) -> chain.doFilter(authenticated((HttpServletRequest) request), response));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }

    private static HttpServletRequest authenticated(HttpServletRequest request) {
        String name = request.getHeader("X-Demo-User");
        Principal user = () -> name;
        return name == null
                ? request
                : new HttpServletRequestWrapper(request) {
                    @Override
                    public Principal getUserPrincipal() {
                        return user;
                    }
                };
    }
}
