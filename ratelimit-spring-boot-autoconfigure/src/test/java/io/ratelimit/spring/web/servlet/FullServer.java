package io.ratelimit.spring.web.servlet;

import io.ratelimit.spring.actuate.RateLimitEndpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.servlet.ConfigurableServletWebServerFactory;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** A server of a {@link Setup} as users have it: all auto-configurations, and nothing but properties. */
final class FullServer implements AutoCloseable {
    private static final String WITHOUT_SECURITY = String.join(
            ",",
            "org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration");

    private final Setup setup;
    private final ConfigurableApplicationContext context;
    private final int port;

    private FullServer(Setup setup, ConfigurableApplicationContext context) {
        this.setup = setup;
        this.context = context;
        this.port =
                ((ServletWebServerApplicationContext) context).getWebServer().getPort();
    }

    static FullServer start(Setup setup, String... properties) {
        return start(setup, List.of(), properties);
    }

    static FullServer start(Setup setup, List<Class<?>> more, String... properties) {
        List<String> all = new ArrayList<>(List.of(
                "test.container=" + setup.container,
                "server.servlet.context-path=" + setup.contextPath,
                "server.port=0",
                "spring.main.banner-mode=off",
                "spring.main.log-startup-info=false",
                "spring.jmx.enabled=false",
                "logging.level.root=WARN",
                "logging.level.org.eclipse.jetty=OFF",
                "management.health.redis.enabled=false",
                "ratelimit.backend=memory"));
        if (!setup.security) {
            all.add("spring.autoconfigure.exclude=" + WITHOUT_SECURITY);
        }
        all.addAll(List.of(properties));
        List<Class<?>> sources = new ArrayList<>(more);
        sources.add(Application.class);
        if (setup.security) {
            sources.add(EverythingIsOpen.class);
        }
        return new FullServer(
                setup,
                new SpringApplicationBuilder(sources.toArray(Class<?>[]::new))
                        .properties(all.toArray(String[]::new))
                        .run());
    }

    List<String> beanNames() {
        return List.of(context.getBeanDefinitionNames());
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    RawRequest request(String method, String path) {
        return new RawRequest(port, method, setup.contextPath + path);
    }

    RawResponse get(String path) {
        return request("GET", path).send();
    }

    int handled() {
        return context.getBean(Application.class).handled.get();
    }

    @Override
    public void close() {
        context.close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @RestController
    static class Application {
        final AtomicInteger handled = new AtomicInteger();

        @RequestMapping({"/limited", "/login", "/tenants"})
        String handle() {
            handled.incrementAndGet();
            return "handled";
        }

        @Bean
        ConfigurableServletWebServerFactory webServer(Environment environment) {
            return environment.getRequiredProperty("test.container").equals("TOMCAT")
                    ? new TomcatServletWebServerFactory()
                    : new JettyServletWebServerFactory();
        }
    }

    /** A careless one: whatever the application itself protects does not get in the way. */
    @Configuration(proxyBeanMethods = false)
    static class EverythingIsOpen {
        @Bean
        SecurityFilterChain chain(HttpSecurity http) {
            return http.authorizeHttpRequests(all -> all.anyRequest().permitAll())
                    .csrf(csrf -> csrf.disable())
                    .httpBasic(Customizer.withDefaults())
                    .build();
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(
                    user("admin", RateLimitEndpoint.WRITE_ROLE),
                    user("ursula", "USER"),
                    user("almost", "RATELIMIT_ADMIN_", "ADMIN", "ACTUATOR"));
        }

        private static org.springframework.security.core.userdetails.UserDetails user(String name, String... roles) {
            return User.withUsername(name)
                    .password("{noop}" + name)
                    .roles(roles)
                    .build();
        }
    }
}
