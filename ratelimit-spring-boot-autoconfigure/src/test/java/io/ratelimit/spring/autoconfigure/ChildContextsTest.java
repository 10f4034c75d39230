package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.RateLimitExceededException;
import io.ratelimit.spring.actuate.RateLimitEndpoint;
import io.ratelimit.spring.actuate.RuleDescription;
import io.ratelimit.spring.annotation.InvalidRateLimitedException;
import io.ratelimit.spring.annotation.RateLimited;
import io.ratelimit.spring.annotation.RateLimitedPostProcessor;
import io.ratelimit.spring.annotation.RateLimitedSupport;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;

/** Beans of a context below that of the application are limited as its own are, or the start is refused. */
class ChildContextsTest {
    /** Named, so that the endpoint shows it under that name. */
    static class Mailer {
        @RateLimited(name = "mailer", value = "3/1h", key = "global")
        public void send() {}
    }

    @RestController
    static class Quotes {
        private final Mailer mailer;

        Quotes(Mailer mailer) {
            this.mailer = mailer;
        }

        @GetMapping("/quote")
        @RateLimited(name = "quotes", value = "3/1h")
        public String quote() {
            return "quote";
        }

        @GetMapping("/mail")
        public String mail() {
            mailer.send();
            return "sent";
        }
    }

    static class Broken {
        @RateLimited(window = "1h")
        public void noLimit() {}
    }

    @RestController
    static class BrokenHandlers {
        @GetMapping("/broken")
        @RateLimited(window = "1h")
        public String noLimit() {
            return "";
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            excludeName = {
                "org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration",
                "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration",
                "org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration",
                "org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration",
                "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration"
            })
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    @EnableWebMvc
    static class Mvc {}

    private static AnnotationConfigWebApplicationContext webContext(Class<?>... beans) {
        AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext();
        context.register(beans);
        // Otherwise the servlet finds the mappings of the application's own, which do not look here.
        context.register(Mvc.class);
        return context;
    }

    private static ServletRegistrationBean<DispatcherServlet> second(Class<?>... beans) {
        ServletRegistrationBean<DispatcherServlet> servlet =
                new ServletRegistrationBean<>(new DispatcherServlet(webContext(beans)), "/second/*");
        servlet.setName("second");
        servlet.setLoadOnStartup(1);
        return servlet;
    }

    @Configuration(proxyBeanMethods = false)
    static class Registered {
        @Bean
        ServletRegistrationBean<DispatcherServlet> second() {
            return ChildContextsTest.second(Quotes.class, Mailer.class);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class RegisteredForTheFirstRequest {
        @Bean
        ServletRegistrationBean<DispatcherServlet> second() {
            ServletRegistrationBean<DispatcherServlet> servlet = ChildContextsTest.second(Quotes.class, Mailer.class);
            servlet.setLoadOnStartup(-1);
            return servlet;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class AddedByHand {
        @Bean
        ServletContextInitializer second() {
            return container -> {
                var servlet =
                        container.addServlet("second", new DispatcherServlet(webContext(Quotes.class, Mailer.class)));
                servlet.addMapping("/second/*");
                servlet.setLoadOnStartup(1);
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class AddedByHandWithTheProcessor {
        @Configuration(proxyBeanMethods = false)
        static class Limits {
            @Bean
            static RateLimitedPostProcessor limits(RateLimitedSupport support) {
                return support.postProcessor();
            }
        }

        @Bean
        ServletContextInitializer second() {
            return container -> {
                var servlet = container.addServlet(
                        "second", new DispatcherServlet(webContext(Quotes.class, Mailer.class, Limits.class)));
                servlet.addMapping("/second/*");
                servlet.setLoadOnStartup(1);
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WithBrokenBean {
        @Bean
        ServletRegistrationBean<DispatcherServlet> second() {
            return ChildContextsTest.second(Broken.class);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WithBrokenHandler {
        @Bean
        ServletRegistrationBean<DispatcherServlet> second() {
            return ChildContextsTest.second(BrokenHandlers.class);
        }
    }

    private ConfigurableApplicationContext context;

    @AfterEach
    void close() {
        if (context != null) {
            context.close();
        }
    }

    private void start(WebApplicationType type, Class<?>... beans) {
        context = builder(type, beans).run();
    }

    private static SpringApplicationBuilder builder(WebApplicationType type, Class<?>... beans) {
        return new SpringApplicationBuilder(Application.class)
                .sources(beans)
                .web(type)
                .properties(
                        "ratelimit.backend=memory",
                        "server.port=0",
                        "management.endpoints.web.exposure.include=ratelimit",
                        "spring.main.banner-mode=off",
                        "logging.level.root=WARN");
    }

    @ParameterizedTest
    @ValueSource(classes = {Registered.class, RegisteredForTheFirstRequest.class, AddedByHandWithTheProcessor.class})
    void limitsControllersAndBeansOfASecondDispatcherServlet(Class<?> configuration) {
        start(WebApplicationType.SERVLET, configuration);

        assertThat(statuses("/second/quote")).containsExactly(200, 200, 200, 429, 429);
        assertThat(statuses("/second/mail")).containsExactly(200, 200, 200, 429, 429);
        assertThat(annotatedRules()).containsExactly("mailer", "quotes");
    }

    @Test
    void refusesBeansOfADispatcherServletThatNothingLimits() {
        assertThatThrownBy(() -> start(WebApplicationType.SERVLET, AddedByHand.class))
                .rootCause()
                .isInstanceOf(InvalidRateLimitedException.class)
                .hasMessageContainingAll(
                        "Mailer.send(), bean: \"childContextsTest.Mailer\"",
                        "in a context below that of the application",
                        "static RateLimitedPostProcessor limits(RateLimitedSupport support)")
                .hasMessageNotContaining("Quotes");
    }

    @ParameterizedTest
    @CsvSource({"WithBrokenBean, Broken.noLimit()", "WithBrokenHandler, BrokenHandlers.noLimit()"})
    void refusesABadAnnotationBehindASecondDispatcherServlet(String configuration, String method) throws Exception {
        Class<?> type = Class.forName(getClass().getName() + "$" + configuration);

        assertThatThrownBy(() -> start(WebApplicationType.SERVLET, type))
                .rootCause()
                .isInstanceOf(InvalidRateLimitedException.class)
                .hasMessageContaining(method + ", limit is missing");
    }

    @Test
    void limitsTheBeansOfAChildThatSpringBootStarts() {
        context = builder(WebApplicationType.NONE)
                .child(Mailer.class)
                .web(WebApplicationType.NONE)
                .run();

        assertLimited(context.getBean(Mailer.class));
    }

    @Test
    void limitsTheBeansOfParentAndChildThatAreBothConfiguredBySpringBoot() {
        context = builder(WebApplicationType.NONE, Mailer.class)
                .child(Application.class)
                .sources(Quotes.class)
                .web(WebApplicationType.SERVLET)
                .run();

        assertThat(statuses("/quote")).containsExactly(200, 200, 200, 429, 429);
        assertLimited(context.getBean(Mailer.class));
        assertThat(annotatedRules()).containsExactly("mailer", "quotes");
    }

    @Configuration(proxyBeanMethods = false)
    static class SameNameOtherLimit {
        @RateLimited(name = "mailer", value = "5/1h", key = "global")
        public void send() {}
    }

    @Test
    void refusesTheSameNameForOtherLimitsInParentAndChild() {
        assertThatThrownBy(() -> builder(WebApplicationType.NONE, Mailer.class)
                        .child(Application.class)
                        .sources(SameNameOtherLimit.class)
                        .web(WebApplicationType.NONE)
                        .run())
                .isInstanceOf(InvalidRateLimitedException.class)
                .hasMessageContainingAll("SameNameOtherLimit.send(), name: \"mailer\"", "Mailer.send(): 3/1h");
    }

    @Test
    void refusesTheBeansOfAChildThatTheApplicationRefreshesItself() {
        start(WebApplicationType.NONE);
        try (AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext()) {
            child.setParent(context);
            child.register(Mailer.class);

            assertThatThrownBy(child::refresh)
                    .isInstanceOf(InvalidRateLimitedException.class)
                    .hasMessageContaining("Mailer.send(), bean: \"childContextsTest.Mailer\"");
            assertThat(child.isActive()).isFalse();
        }
    }

    @Test
    void leavesChildrenAloneThatLimitNothing() {
        start(WebApplicationType.NONE);
        try (AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext()) {
            child.setParent(context);
            child.register(Application.class);

            assertThatCode(child::refresh).doesNotThrowAnyException();
        }
    }

    @Test
    void leavesTheContextOfAManagementPortAlone() {
        context = builder(WebApplicationType.SERVLET, Mailer.class)
                .properties(
                        "management.server.port=0",
                        // Of two servers on the class path one is enough for the port.
                        "spring.autoconfigure.exclude=org.springframework.boot.tomcat.autoconfigure.actuate.web.server"
                                + ".TomcatServletManagementContextAutoConfiguration")
                .run();

        assertLimited(context.getBean(Mailer.class));
    }

    private static void assertLimited(Mailer mailer) {
        for (int i = 0; i < 3; i++) {
            mailer.send();
        }
        assertThatThrownBy(mailer::send).isInstanceOf(RateLimitExceededException.class);
    }

    private List<String> annotatedRules() {
        return context.getBean(RateLimitEndpoint.class).rules().annotations().stream()
                .map(RuleDescription::id)
                .toList();
    }

    private List<Integer> statuses(String path) {
        RestClient client = RestClient.builder()
                .baseUrl("http://localhost:" + context.getEnvironment().getProperty("local.server.port"))
                .defaultStatusHandler(HttpStatusCode::isError, (request, response) -> {})
                .build();
        return Stream.generate(() -> client.get()
                        .uri(path)
                        .retrieve()
                        .toBodilessEntity()
                        .getStatusCode()
                        .value())
                .limit(5)
                .toList();
    }
}
