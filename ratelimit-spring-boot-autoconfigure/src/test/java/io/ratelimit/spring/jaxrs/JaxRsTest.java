package io.ratelimit.spring.jaxrs;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.RateLimitExceededException;
import io.ratelimit.RateLimiter;
import io.ratelimit.spring.annotation.RateLimited;
import io.ratelimit.spring.web.servlet.RateLimitResponseCustomizer;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.servlet.ServletContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Denials of JAX-RS resources, which Jersey would make internal errors of. */
class JaxRsTest {
    static class Service {
        @RateLimited("3/1h")
        String call() {
            return "served";
        }
    }

    @Path("/items")
    static class Items {
        private final Service service;
        private final RateLimiter mail;

        Items(Service service, RateLimiter mail) {
            this.service = service;
            this.mail = mail;
        }

        @GET
        @Path("/annotated")
        @RateLimited("3/1h")
        public String annotated() {
            return "served";
        }

        @GET
        @Path("/calls")
        public String calls() {
            return service.call();
        }

        @GET
        @Path("/wraps")
        public String wraps() {
            if (!mail.tryAcquire("wraps")) {
                throw new RateLimitExceededException(mail.acquire("wraps"));
            }
            return "served";
        }

        @GET
        @Path("/later")
        @RateLimited("3/1h")
        public CompletionStage<String> later() {
            return CompletableFuture.supplyAsync(() -> "served");
        }

        @GET
        @Path("/fails")
        public CompletionStage<String> fails() {
            try {
                return CompletableFuture.completedFuture(service.call());
            } catch (RateLimitExceededException denied) {
                return CompletableFuture.failedFuture(denied);
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            exclude = {ServletWebSecurityAutoConfiguration.class, ManagementWebSecurityAutoConfiguration.class})
    static class Application {
        @Bean
        Service service() {
            return new Service();
        }

        @Bean
        Items items(Service service, @Qualifier("mail") RateLimiter mail) {
            return new Items(service, mail);
        }

        @Bean
        ServletRegistrationBean<ServletContainer> jersey(Items items, List<ExceptionMapper<?>> mappers) {
            ResourceConfig config = new ResourceConfig().register(items);
            mappers.forEach(config::register);
            return new ServletRegistrationBean<>(new ServletContainer(config), "/api/*");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class CatchAll {
        @Bean
        ExceptionMapper<RuntimeException> catchAll() {
            return new ExceptionMapper<>() {
                @Override
                public Response toResponse(RuntimeException failure) {
                    return Response.status(418).build();
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Own {
        @Bean
        ExceptionMapper<RateLimitExceededException> own() {
            return new ExceptionMapper<>() {
                @Override
                public Response toResponse(RateLimitExceededException failure) {
                    return Response.status(409).build();
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Customized {
        @Bean
        RateLimitResponseCustomizer customizer() {
            return (denial, request, response) -> {
                response.setContentType("text/plain");
                response.getWriter().print("slow down");
            };
        }
    }

    private static ConfigurableApplicationContext start(Class<?>... more) {
        SpringApplicationBuilder builder = new SpringApplicationBuilder(Application.class);
        if (more.length > 0) {
            builder.sources(more);
        }
        return builder.properties(
                        "server.port=0",
                        "spring.main.banner-mode=off",
                        "logging.level.root=WARN",
                        "ratelimit.backend=memory",
                        "ratelimit.rules[0].id=mail",
                        "ratelimit.rules[0].limit=3/1h")
                .run();
    }

    private static HttpResponse<String> get(ConfigurableApplicationContext context, String path)
            throws IOException, InterruptedException {
        URI uri = URI.create(
                "http://localhost:" + context.getEnvironment().getProperty("local.server.port") + "/api/items" + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/annotated", "/calls", "/wraps", "/later", "/fails"})
    void aDenialIsAnsweredAsElsewhere(String path) throws Exception {
        try (ConfigurableApplicationContext context = start(CatchAll.class)) {
            List<Integer> statuses = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                statuses.add(get(context, path).statusCode());
            }
            assertThat(statuses).containsExactly(200, 200, 200, 429);

            HttpResponse<String> denied = get(context, path);
            assertThat(denied.statusCode()).isEqualTo(429);
            assertThat(denied.headers().firstValue("Retry-After")).isPresent();
            assertThat(denied.headers().firstValue("X-RateLimit-Limit")).contains("3");
            assertThat(denied.headers().firstValue("X-RateLimit-Remaining")).contains("0");
            assertThat(denied.headers().firstValue("Cache-Control")).contains("no-store");
            assertThat(denied.headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(denied.body()).startsWith("{\"type\":").contains("\"status\":429", "\"retryAfter\":");
        }
    }

    @Test
    void theCustomizerOfTheApplicationWritesTheBody() throws Exception {
        try (ConfigurableApplicationContext context = start(CatchAll.class, Customized.class)) {
            for (int i = 0; i < 3; i++) {
                assertThat(get(context, "/annotated").body()).isEqualTo("served");
            }
            HttpResponse<String> denied = get(context, "/annotated");
            assertThat(denied.statusCode()).isEqualTo(429);
            assertThat(denied.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("text/plain");
            assertThat(denied.body()).isEqualTo("slow down");
        }
    }

    @Test
    void aMapperOfTheApplicationForTheExceptionComesFirst() throws Exception {
        try (ConfigurableApplicationContext context = start(CatchAll.class, Own.class)) {
            for (int i = 0; i < 3; i++) {
                assertThat(get(context, "/annotated").statusCode()).isEqualTo(200);
            }
            assertThat(get(context, "/annotated").statusCode()).isEqualTo(409);
        }
    }
}
