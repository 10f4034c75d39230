package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import io.ratelimit.architecture.ArchitectureRules;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.beans.Introspector;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.client.RestClient;
import org.springframework.web.filter.OncePerRequestFilter;

/** An application may call its own components whatever it likes: our beans have names that nobody else uses. */
class BeanNamesTest {
    private static final String ALL = """
            ratelimit: {backend: memory, rules: [{id: mail, limit: 1/1h}, {id: all, path: /**, limit: 2/1h, key: ip}]}
            management.endpoints.web.exposure.include: "*"
            """;

    /** The name by which Boot calls the component of its health; an application's own bean of it replaces ours. */
    private static final String HEALTH = "rateLimitHealthIndicator";

    /** The names that components have whose classes are called as ours are. */
    private static Set<String> namesOfOurClasses() {
        return ArchitectureRules.shippedClasses().stream()
                .map(JavaClass::getSimpleName)
                .filter(name -> !name.isEmpty())
                .map(Introspector::decapitalize)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void addComponents(BeanDefinitionRegistry beans, Set<String> names) {
        names.forEach(name -> beans.registerBeanDefinition(name, new RootBeanDefinition(Object.class)));
    }

    private static WebApplicationContextRunner besideAll(boolean overriding) {
        return Startup.everything(ALL)
                .withAllowBeanDefinitionOverriding(overriding)
                .withInitializer(context ->
                        addComponents((BeanDefinitionRegistry) context.getBeanFactory(), namesOfOurClasses()));
    }

    private static Set<String> ours(ConfigurableApplicationContext context) {
        return Arrays.stream(context.getBeanDefinitionNames())
                .filter(name -> {
                    BeanDefinition definition = context.getBeanFactory().getMergedBeanDefinition(name);
                    return (definition.getBeanClassName() + " " + definition.getFactoryBeanName())
                            .contains("io.ratelimit.");
                })
                .filter(name -> !name.startsWith("startup."))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void allOfOursBeginWithOurPackage() {
        Startup.everything(ALL)
                .run(context -> assertThat(ours(context.getSourceApplicationContext()))
                        .hasSizeGreaterThan(40)
                        .allMatch(name -> name.startsWith("io.ratelimit.")
                                || name.startsWith("ratelimit-io.ratelimit.")
                                || name.equals(HEALTH)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void startsBesideAComponentOfEachOfOurSimpleClassNames(boolean overriding) {
        assertThat(namesOfOurClasses())
                .contains(
                        "rateLimitFilter",
                        "rateLimitInterceptor",
                        "rateLimitConfiguration",
                        "rateLimitMetrics",
                        "rateLimiterRegistry");
        Set<String> expected = new TreeSet<>();
        Startup.everything(ALL).run(context -> expected.addAll(ours(context.getSourceApplicationContext())));
        expected.remove(HEALTH);

        besideAll(overriding).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(namesOfOurClasses())
                    .as("the application's own beans")
                    .allMatch(name -> context.getBean(name).getClass() == Object.class);
            assertThat(ours(context.getSourceApplicationContext()))
                    .as("and all of ours")
                    .isEqualTo(expected);
        });
    }

    static class RateLimitFilter extends OncePerRequestFilter {
        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            response.setHeader("X-" + getFilterName(), "passed");
            chain.doFilter(request, response);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class OwnFilters {
        @Bean
        RateLimitFilter rateLimitFilter() {
            return new RateLimitFilter();
        }

        @Bean
        RateLimitFilter rateLimitFilterBeforeAuthentication() {
            return new RateLimitFilter();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            exclude = {ServletWebSecurityAutoConfiguration.class, ManagementWebSecurityAutoConfiguration.class})
    static class WithoutSecurity {}

    @Configuration(proxyBeanMethods = false)
    static class OpenSecurity {
        @Bean
        SecurityFilterChain everythingIsOpen(HttpSecurity http) {
            return http.authorizeHttpRequests(all -> all.anyRequest().permitAll())
                    .build();
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {WithoutSecurity.class, OpenSecurity.class})
    void keepsTheFiltersOfTheApplicationAndOurs(Class<?> security) {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(OwnFilters.class, security)
                .initializers(Yaml.of(ALL))
                .properties(
                        "server.port=0",
                        "spring.main.banner-mode=off",
                        "logging.level.root=WARN",
                        "spring.main.allow-bean-definition-overriding=true")
                .run()) {
            RestClient client = RestClient.builder()
                    .baseUrl("http://localhost:" + context.getEnvironment().getProperty("local.server.port"))
                    .defaultStatusHandler(HttpStatusCode::isError, (request, response) -> {})
                    .build();
            HttpHeaders answer =
                    client.get().uri("/any").retrieve().toBodilessEntity().getHeaders();
            assertThat(answer.getFirst("X-rateLimitFilter")).isEqualTo("passed");
            assertThat(answer.getFirst("X-rateLimitFilterBeforeAuthentication")).isEqualTo("passed");
            assertThat(answer.getFirst("X-RateLimit-Remaining")).isEqualTo("1");
        }
    }
}
