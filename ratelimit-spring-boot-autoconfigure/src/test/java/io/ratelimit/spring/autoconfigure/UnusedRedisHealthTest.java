package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.web.client.RestClient;

/** The health of an application whose Redis is gone, with everything that Boot makes of its class path. */
class UnusedRedisHealthTest {
    private static WebApplicationContextRunner application() {
        return Startup.everything("ratelimit: {rules: [{id: a, path: /a, limit: 5/1h}]}")
                .withPropertyValues("spring.data.redis.host=127.0.0.1", "spring.data.redis.port=" + closedPort())
                // Nobody tells these the state of an application that is only looked at.
                .withPropertyValues("management.endpoint.health.probes.enabled=false");
    }

    private static int closedPort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException noPort) {
            throw new UncheckedIOException(noPort);
        }
    }

    private static Status status(ApplicationContext context, String... path) {
        HealthEndpoint endpoint = context.getBean(HealthEndpoint.class);
        HealthDescriptor health = path.length == 0 ? endpoint.health() : endpoint.healthForPath(path);
        assertThat(health).as("/health/%s", String.join("/", path)).isNotNull();
        return health.getStatus();
    }

    @Test
    void isUpWhereOnlyTheLimiterUsesRedis() {
        application().run(context -> {
            assertThat(status(context)).isEqualTo(Status.UP);
            assertThat(status(context, "rateLimit")).isEqualTo(Status.UP);
            assertThat(status(context, "redis")).isEqualTo(Status.UNKNOWN);
        });
    }

    @Test
    void answers200ToWhoeverAsksForTheHealthOfARunningApplication() {
        try (ConfigurableApplicationContext running = new SpringApplicationBuilder(Startup.Everything.class)
                .run(
                        "--server.port=0",
                        "--spring.data.redis.host=127.0.0.1",
                        "--spring.data.redis.port=" + closedPort())) {
            RestClient client = RestClient.create(
                    "http://127.0.0.1:" + running.getEnvironment().getProperty("local.server.port"));
            assertThat(client.get()
                            .uri("/actuator/health")
                            .retrieve()
                            .toBodilessEntity()
                            .getStatusCode()
                            .value())
                    .isEqualTo(200);
        }
    }

    @Test
    void isUpWhereNothingUsesRedisAtAll() {
        application()
                .withPropertyValues("ratelimit.backend=memory")
                .run(context -> assertThat(status(context)).isEqualTo(Status.UP));
    }

    @Test
    void asksNobody() {
        application().run(context -> {
            long start = System.nanoTime();
            for (int i = 0; i < 100; i++) {
                assertThat(status(context, "redis")).isEqualTo(Status.UNKNOWN);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        });
    }

    record Sessions(StringRedisTemplate template) {}

    @Configuration(proxyBeanMethods = false)
    static class UsesRedis {
        @Bean
        Sessions sessions(StringRedisTemplate template) {
            return new Sessions(template);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class HasATemplateOfItsOwn {
        @Bean
        RedisTemplate<Object, Object> redisTemplate(RedisConnectionFactory factory) {
            RedisTemplate<Object, Object> template = new RedisTemplate<>();
            template.setConnectionFactory(factory);
            return template;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class HasAConnectionOfItsOwn {
        @Bean
        LettuceConnectionFactory redisConnectionFactory() {
            return new LettuceConnectionFactory("127.0.0.1", closedPort());
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {UsesRedis.class, HasATemplateOfItsOwn.class, HasAConnectionOfItsOwn.class})
    void isDownWhereTheApplicationUsesRedis(Class<?> use) {
        application().withUserConfiguration(use).run(context -> {
            assertThat(status(context)).isEqualTo(Status.DOWN);
            assertThat(status(context, "redis")).isEqualTo(Status.DOWN);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "management.health.redis.enabled=true",
                "management.endpoint.health.group.custom.include=ping,redis"
            })
    void isDownWhereTheApplicationSaysSo(String property) {
        application()
                .withPropertyValues(property)
                .run(context -> assertThat(status(context, "redis")).isEqualTo(Status.DOWN));
    }

    @Test
    void isUpWhereLimitsAreSwitchedOffBecauseRedisIsGone() {
        application()
                .withPropertyValues("ratelimit.enabled=false")
                .run(context -> assertThat(status(context)).isEqualTo(Status.UP));
    }
}
