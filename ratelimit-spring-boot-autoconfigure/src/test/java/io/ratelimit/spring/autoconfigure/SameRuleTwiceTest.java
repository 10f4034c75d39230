package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ratelimit.RateLimitExceededException;
import io.ratelimit.spring.annotation.RateLimited;
import jakarta.servlet.Filter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ResolvableType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;

/** A rule that several annotations stand for counts a request, or a call outside any request, once. */
class SameRuleTwiceTest {
    private static final String YAML = """
            ratelimit:
              backend: memory
              rules:
                - {id: login, limit: 2/1h}
                - {id: by-path, path: /typed/by-path, limit: 2/1h}
            """;

    @RestController
    @RequestMapping("/own")
    @RateLimited(name = "twice", value = "2/1h")
    static class OwnOnTypeAndMethod {
        @GetMapping("/one")
        @RateLimited(name = "twice", value = "2/1h")
        public String one() {
            return "one";
        }
    }

    @RestController
    @RequestMapping("/typed")
    @RateLimited(name = "login")
    static class ConfiguredOnTypeAndMethod {
        @GetMapping("/one")
        @RateLimited(name = "login")
        public String one() {
            return "one";
        }

        @GetMapping("/by-path")
        @RateLimited(name = "by-path")
        @RateLimited(name = "by-path")
        public String byPath() {
            return "matched by its path too";
        }
    }

    @RestController
    static class Repeated {
        private final Services services;
        private final PathServices pathServices;

        Repeated(Services services, PathServices pathServices) {
            this.services = services;
            this.pathServices = pathServices;
        }

        @GetMapping("/repeated/configured")
        @RateLimited(name = "login")
        @RateLimited(name = "login")
        public String configured() {
            return "configured";
        }

        @GetMapping("/repeated/own")
        @RateLimited(name = "own", value = "2/1h", key = "ip")
        @RateLimited(name = "own", value = "2/1h", key = "ip")
        public String own() {
            return "own";
        }

        @GetMapping("/service/configured")
        public String service() {
            services.configured();
            return "a bean called within the request";
        }

        @GetMapping("/service/by-path")
        public String byPath() {
            pathServices.byPath();
            pathServices.byPath();
            return "a bean called within the request";
        }
    }

    @RateLimited(name = "login")
    static class Services {
        @RateLimited(name = "login")
        public void configured() {}
    }

    static class PathServices {
        @RateLimited(name = "by-path")
        public void byPath() {}
    }

    @Configuration(proxyBeanMethods = false)
    @EnableWebMvc
    static class Web {}

    private final WebApplicationContextRunner runner = Startup.oursForTheWeb(YAML)
            .withUserConfiguration(Web.class)
            .withBean(Services.class)
            .withBean(PathServices.class)
            .withBean(OwnOnTypeAndMethod.class)
            .withBean(ConfiguredOnTypeAndMethod.class)
            .withBean(Repeated.class);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/own/one",
                "/typed/one",
                "/typed/by-path",
                "/repeated/configured",
                "/repeated/own",
                "/service/configured",
                "/service/by-path"
            })
    void countsARequestOnce(String path) {
        runner.run(context -> {
            assertThat(context).hasNotFailed();
            MockMvcTester mvc = mvc(context);

            assertThat(statuses(mvc, path)).containsExactly(200, 200, 429, 429);
            assertThat(mvc.get().uri(path)).headers().hasValue("X-RateLimit-Limit", "2");
        });
    }

    @Test
    void countsACallOutsideAnyRequestOnce() {
        runner.run(context -> {
            Services services = context.getBean(Services.class);

            assertThatCode(services::configured).doesNotThrowAnyException();
            assertThatCode(services::configured).doesNotThrowAnyException();
            assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(services::configured);
        });
    }

    @RateLimited(name = "shared", value = "2/1h", fallback = "ofType")
    static class Fallbacks {
        @RateLimited(name = "shared", value = "2/1h")
        public String inherits() {
            return "called";
        }

        @RateLimited(name = "shared", value = "2/1h", fallback = "ofMethod")
        public String overrides() {
            return "called";
        }

        String ofType() {
            return "fallback of the type";
        }

        String ofMethod() {
            return "fallback of the method";
        }
    }

    @Test
    void callsTheFallbackThatStandsNearest() {
        runner.withBean(Fallbacks.class).run(context -> {
            Fallbacks fallbacks = context.getBean(Fallbacks.class);

            assertThat(Stream.of(fallbacks.inherits(), fallbacks.overrides())).containsOnly("called");
            assertThat(fallbacks.inherits()).isEqualTo("fallback of the type");
            assertThat(fallbacks.overrides()).isEqualTo("fallback of the method");
        });
    }

    @RestController
    @RateLimited(name = "contested", value = "2/1h")
    static class Contested {
        @GetMapping("/contested")
        @RateLimited(name = "contested", value = "3/1h")
        public String handle() {
            return "";
        }
    }

    @Test
    void refusesAnotherLimitUnderTheSameNameAndTellsBothPlaces() {
        runner.withBean(Contested.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessageContainingAll(
                                "Contested.handle(), name: \"contested\"",
                                "another limit, on " + Contested.class.getName() + ": 2/1h",
                                "and not 3/1h"));
    }

    private static MockMvcTester mvc(WebApplicationContext context) {
        Filter[] filters = context
                .<FilterRegistrationBean<?>>getBeanProvider(ResolvableType.forRawClass(FilterRegistrationBean.class))
                .stream()
                .map(FilterRegistrationBean::getFilter)
                .toArray(Filter[]::new);
        return MockMvcTester.from(
                context, builder -> builder.addFilters(filters).build());
    }

    private static List<Integer> statuses(MockMvcTester mvc, String path) {
        return Stream.generate(
                        () -> mvc.get().uri(path).exchange().getResponse().getStatus())
                .limit(4)
                .toList();
    }
}
