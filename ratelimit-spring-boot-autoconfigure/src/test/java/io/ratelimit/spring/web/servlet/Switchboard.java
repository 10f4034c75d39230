package io.ratelimit.spring.web.servlet;

import io.ratelimit.RateLimitExceededException;
import io.ratelimit.RuleDecision;
import io.ratelimit.rule.Phase;
import io.ratelimit.rule.Rule;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.springframework.core.Ordered;
import org.springframework.web.filter.CompositeFilter;
import org.springframework.web.filter.CorsFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.ModelAndView;

/** What a test changes in a server that is shared by all: the limiter, filters around it, and what was counted. */
final class Switchboard {
    final AtomicInteger handled = new AtomicInteger();
    final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
    volatile List<Filter> front = List.of();
    volatile List<Filter> behind = List.of();
    volatile List<Rule> asks = List.of();
    volatile CorsFilter corsFilter;
    volatile CorsFilter registeredCorsFilter;
    private volatile RateLimitWeb web;
    private final Map<Set<Phase>, Filter> filters = new ConcurrentHashMap<>();

    void install(RateLimitWeb other) {
        if (web != null) {
            web.close();
        }
        filters.clear();
        counts.clear();
        handled.set(0);
        front = List.of();
        behind = List.of();
        asks = List.of();
        corsFilter = null;
        registeredCorsFilter = null;
        web = other;
    }

    RateLimitWeb web() {
        return web;
    }

    /** Does what a service does that asks for rules of its own. */
    String ask(HttpServletRequest request) {
        Optional<RuleDecision> made = web.requestRules().acquire(request, asks);
        if (made.isPresent() && !made.get().decision().allowed()) {
            throw new RateLimitExceededException(made.get().decision());
        }
        boolean again = web.requestRules().acquire(request, asks).isPresent();
        return made.isPresent() + " then " + (again ? "again" : "nothing");
    }

    void count(String name) {
        counts.computeIfAbsent(name, absent -> new AtomicInteger()).incrementAndGet();
    }

    int counted(String name) {
        return counts.getOrDefault(name, new AtomicInteger()).get();
    }

    Filter limiting(Set<Phase> phases) {
        return (request, response, chain) ->
                filters.computeIfAbsent(phases, absent -> web.filter(phases)).doFilter(request, response, chain);
    }

    static Filter all(Supplier<List<Filter>> current) {
        return (request, response, chain) -> {
            CompositeFilter filter = new CompositeFilter();
            filter.setFilters(current.get());
            filter.doFilter(request, response, chain);
        };
    }

    HandlerInterceptor interceptor() {
        return new HandlerInterceptor() {
            @Override
            public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
                    throws Exception {
                return web.interceptor().preHandle(request, response, handler);
            }
        };
    }

    HandlerExceptionResolver exceptionResolver() {
        return new FirstResolver();
    }

    private final class FirstResolver implements HandlerExceptionResolver, Ordered {
        @Override
        public int getOrder() {
            return HIGHEST_PRECEDENCE;
        }

        @Override
        public ModelAndView resolveException(
                HttpServletRequest request, HttpServletResponse response, Object handler, Exception thrown) {
            return web.exceptionResolver().resolveException(request, response, handler, thrown);
        }
    }
}
