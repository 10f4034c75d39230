package io.ratelimit.spring.web.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.EnumSet;
import java.util.function.Supplier;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.servlet.autoconfigure.MultipartAutoConfiguration;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.servlet.ServletWebServerFactory;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.filter.CorsFilter;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.CorsRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.handler.MappedInterceptor;

/** An ordinary application around the parts under test, wired as the auto-configuration does. */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({
    DispatcherServletAutoConfiguration.class,
    WebMvcAutoConfiguration.class,
    ErrorMvcAutoConfiguration.class,
    MultipartAutoConfiguration.class
})
@Import({Endpoints.class, CatchAll.class, Polite.class})
class TestApplication {
    @Bean
    Switchboard switchboard() {
        return new Switchboard();
    }

    @Bean
    ServletWebServerFactory webServer(Environment environment) {
        String contextPath = environment.getProperty("test.context-path", "");
        return environment.getProperty("test.container", "TOMCAT").equals("TOMCAT")
                ? new TomcatServletWebServerFactory(contextPath, 0)
                : new JettyServletWebServerFactory(contextPath, 0);
    }

    @Bean
    FilterRegistrationBean<Filter> front(Switchboard board) {
        return registered("front", Ordered.HIGHEST_PRECEDENCE, Switchboard.all(() -> board.front));
    }

    @Bean
    FilterRegistrationBean<Filter> behind(Switchboard board) {
        return registered("behind", 0, Switchboard.all(() -> board.behind));
    }

    @Bean
    WebMvcConfigurer corsOfMvc() {
        return new WebMvcConfigurer() {
            @Override
            public void addCorsMappings(CorsRegistry registry) {
                registry.addMapping("/limited/by-mvc").allowedOrigins("https://good.example");
            }
        };
    }

    /** A bean of the type, for those who look for one. */
    @Bean
    CorsFilter corsFilter(Switchboard board) {
        return switched(() -> board.corsFilter);
    }

    /** No bean of the type, but registered by one. */
    @Bean
    FilterRegistrationBean<CorsFilter> registeredCorsFilter(Switchboard board) {
        FilterRegistrationBean<CorsFilter> registration =
                new FilterRegistrationBean<>(switched(() -> board.registeredCorsFilter));
        registration.setName("registeredCorsFilter");
        registration.setOrder(2);
        return registration;
    }

    private static CorsFilter switched(Supplier<CorsFilter> switchable) {
        return new CorsFilter(request -> null) {
            @Override
            protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                    throws ServletException, IOException {
                CorsFilter current = switchable.get();
                if (current == null) {
                    chain.doFilter(request, response);
                } else {
                    current.doFilter(request, response, chain);
                }
            }
        };
    }

    /** Mapped to REQUEST alone, as filters that are not Spring's usually are. */
    @Bean
    FilterRegistrationBean<Filter> requestOnly(Switchboard board) {
        FilterRegistrationBean<Filter> registration = registered("requestOnly", 1, (request, response, chain) -> {
            board.count("request-only");
            chain.doFilter(request, response);
        });
        registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST));
        return registration;
    }

    @Bean
    MappedInterceptor interceptor(Switchboard board) {
        return new MappedInterceptor((String[]) null, board.interceptor());
    }

    @Bean
    HandlerExceptionResolver exceptionResolver(Switchboard board) {
        return board.exceptionResolver();
    }

    /** A servlet that is not Spring MVC's. */
    @Bean
    ServletRegistrationBean<HttpServlet> plain(Switchboard board) {
        ServletRegistrationBean<HttpServlet> registration = new ServletRegistrationBean<>(new Plain(board), "/plain/*");
        registration.setName("plain");
        return registration;
    }

    /** The same handlers a second time, behind a prefix. */
    @Bean
    ServletRegistrationBean<DispatcherServlet> prefixed(WebApplicationContext context) {
        ServletRegistrationBean<DispatcherServlet> registration =
                new ServletRegistrationBean<>(new DispatcherServlet(context), "/prefixed/*");
        registration.setName("prefixed");
        return registration;
    }

    static FilterRegistrationBean<Filter> registered(String name, int order, Filter filter) {
        FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(filter);
        registration.setName(name);
        registration.setOrder(order);
        registration.setDispatcherTypes(EnumSet.allOf(DispatcherType.class));
        registration.setAsyncSupported(true);
        return registration;
    }

    private static final class Plain extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private final transient Switchboard board;

        Plain(Switchboard board) {
            this.board = board;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            board.handled.incrementAndGet();
            if ("/throws".equals(request.getPathInfo())) {
                throw new IllegalStateException("A defect of the application");
            }
            if ("/asks".equals(request.getPathInfo())) {
                board.ask(request);
            }
            response.getWriter().write("plain");
        }
    }
}
