package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.lettuce.core.RedisClient;
import io.ratelimit.RateLimiterRegistry;
import io.ratelimit.limit.Source;
import io.ratelimit.redis.testing.RedisCluster;
import io.ratelimit.redis.testing.RedisFixture;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisSocketConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** A Redis that the application has, though not by {@code spring.data.redis}: it is used, or one line says why not. */
class FoundRedisTest {
    private static final RedisFixture REDIS = RedisFixture.shared();

    private final String namespace = REDIS.newNamespace();

    private ApplicationContextRunner application(Class<?>... configurations) {
        return Startup.oursWithoutWeb("ratelimit: {rules: [{id: a, limit: 5/1h}]}")
                .withUserConfiguration(configurations)
                .withPropertyValues(
                        "ratelimit.namespace=" + namespace,
                        "ratelimit.redis.timeout=10s",
                        "ratelimit.redis.circuit-breaker.slow-call-duration=9s");
    }

    private static LettuceConnectionFactory lettuce() {
        return new LettuceConnectionFactory(REDIS.host(), REDIS.port());
    }

    private static Source sourceOf(ApplicationContext context) {
        return context.getBean(RateLimiterRegistry.class)
                .limiter("a")
                .acquire("someone")
                .source();
    }

    @Configuration(proxyBeanMethods = false)
    static class Declared {
        @Bean
        LettuceConnectionFactory mine() {
            return lettuce();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class DeclaredAsInterface {
        @Bean
        RedisConnectionFactory mine() {
            return lettuce();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class DeclaredAsReactive {
        @Bean
        ReactiveRedisConnectionFactory mine() {
            return lettuce();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class PrimaryOfTwo {
        @Bean
        @Primary
        LettuceConnectionFactory mine() {
            return lettuce();
        }

        @Bean
        LettuceConnectionFactory elsewhere() {
            return new LettuceConnectionFactory("nowhere.invalid", 1);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class BesideJedis {
        @Bean
        LettuceConnectionFactory mine() {
            return lettuce();
        }

        @Bean
        JedisConnectionFactory jedis() {
            return new JedisConnectionFactory();
        }
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                Declared.class,
                DeclaredAsInterface.class,
                DeclaredAsReactive.class,
                PrimaryOfTwo.class,
                BesideJedis.class
            })
    void isUsedWhereAConnectionFactoryOfLettuceLeadsThere(Class<?> configuration) {
        try (LogLines lines = LogLines.from("io.ratelimit")) {
            application(configuration)
                    .withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class))
                    .run(context -> {
                        assertThat(sourceOf(context).id()).isEqualTo("redis");
                        assertThat(context.getBean(BackendChoice.class).place())
                                .isEqualTo("Redis at " + REDIS.host() + ":" + REDIS.port());
                        assertThat(lines.at(Level.INFO).toString()).contains("because the bean mine is there");
                        assertThat(countedLines(lines)).isEmpty();
                    });
        }
    }

    @Test
    void isUsedWhereDataRedisAutoConfigurationIsExcluded() {
        application(Declared.class)
                .withPropertyValues("spring.data.redis.host=nowhere.invalid")
                .run(context -> assertThat(sourceOf(context).id()).isEqualTo("redis"));
    }

    @Test
    void isUsedWhereItIsACluster() {
        try (RedisCluster cluster = RedisCluster.ofMasters(2)) {
            List<String> nodes = cluster.uris().stream()
                    .map(uri -> uri.getHost() + ":" + uri.getPort())
                    .toList();
            application()
                    .withBean(
                            LettuceConnectionFactory.class,
                            () -> new LettuceConnectionFactory(new RedisClusterConfiguration(nodes)))
                    .run(context -> {
                        assertThat(sourceOf(context).id()).isEqualTo("redis");
                        assertThat(context.getBean(BackendChoice.class).place()).contains("the cluster of ");
                    });
        }
    }

    @Test
    void givesWayToWhatPropertiesSay() {
        application()
                .withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class))
                .withBean(LettuceConnectionFactory.class, () -> new LettuceConnectionFactory("nowhere.invalid", 1))
                .withPropertyValues("spring.data.redis.host=" + REDIS.host(), "spring.data.redis.port=" + REDIS.port())
                .run(context -> assertThat(sourceOf(context).id()).isEqualTo("redis"));
    }

    @Configuration(proxyBeanMethods = false)
    static class Jedis {
        @Bean
        JedisConnectionFactory mine() {
            return new JedisConnectionFactory();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class JedisAsInterface {
        @Bean
        RedisConnectionFactory mine() {
            return new JedisConnectionFactory();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Two {
        @Bean
        LettuceConnectionFactory mine() {
            return lettuce();
        }

        @Bean
        LettuceConnectionFactory other() {
            return lettuce();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Socket {
        @Bean
        LettuceConnectionFactory mine() {
            return new LettuceConnectionFactory(new RedisSocketConfiguration("/tmp/none.sock"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Client {
        @Bean(destroyMethod = "shutdown")
        RedisClient mine() {
            return RedisClient.create(REDIS.uri());
        }
    }

    static Stream<Arguments> unusable() {
        return Stream.of(
                Arguments.of(Jedis.class, "the bean mine of type JedisConnectionFactory cannot be used"),
                Arguments.of(JedisAsInterface.class, "the bean mine of type JedisConnectionFactory cannot be used"),
                Arguments.of(Two.class, "one of the beans mine, other cannot be used: none of them is the primary one"),
                Arguments.of(Socket.class, "it connects to a socket of this machine"),
                Arguments.of(Client.class, "the bean mine of type RedisClient cannot be used"));
    }

    @ParameterizedTest
    @MethodSource("unusable")
    void isNamedInOneWarningWhereItCannotBeUsed(Class<?> configuration, String said) {
        try (LogLines lines = LogLines.from("io.ratelimit")) {
            application(configuration)
                    .withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class))
                    .run(context -> {
                        assertThat(sourceOf(context).id()).isEqualTo("memory");
                        assertThat(context.getBean(BackendChoice.class).id()).isEqualTo("memory");
                        assertWarned(lines, said);
                    });
        }
    }

    @ParameterizedTest
    @MethodSource("unusable")
    void isNamedInTheRefusalWhereRedisIsAskedFor(Class<?> configuration, String said) {
        assertThat(Startup.refusalOf(application(configuration).withPropertyValues("ratelimit.backend=redis")))
                .contains("ratelimit.backend: \"redis\"", said)
                .contains("a LettuceConnectionFactory bean", "example:  ratelimit.backend: memory");
    }

    @Test
    void isNamedWhereDataRedisAutoConfigurationIsExcluded() {
        try (LogLines lines = LogLines.from("io.ratelimit")) {
            application()
                    .withPropertyValues("spring.data.redis.host=redis.example")
                    .run(context -> {
                        assertThat(sourceOf(context).id()).isEqualTo("memory");
                        assertWarned(lines, "spring.data.redis.host cannot be used: there is no bean of type");
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"io.lettuce", "io.ratelimit.redis", "org.springframework.boot.data.redis"})
    void isNamedWhereALibraryIsMissing(String library) {
        try (LogLines lines = LogLines.from("io.ratelimit")) {
            application()
                    .withPropertyValues("spring.data.redis.host=redis.example")
                    .withClassLoader(new FilteredClassLoader(library))
                    .run(context -> {
                        assertThat(sourceOf(context).id()).isEqualTo("memory");
                        assertWarned(lines, "spring.data.redis.host cannot be used: the class " + library);
                    });
        }
    }

    @Test
    void isNamedWhereItsAutoConfigurationIsExcluded() {
        try (LogLines lines = LogLines.from("io.ratelimit")) {
            Startup.with("{}").withUserConfiguration(Declared.class).run(context -> {
                assertThat(context.getBean(BackendChoice.class).id()).isEqualTo("memory");
                assertWarned(lines, "the bean mine cannot be used: the auto-configuration of that backend is excluded");
            });
        }
    }

    @Test
    void isNotMissedWhereMemoryIsAskedFor() {
        try (LogLines lines = LogLines.from("io.ratelimit")) {
            application(Jedis.class)
                    .withPropertyValues("ratelimit.backend=memory")
                    .run(context -> assertThat(countedLines(lines)).isEmpty());
        }
    }

    private static void assertWarned(LogLines lines, String said) {
        assertThat(countedLines(lines))
                .singleElement()
                .asString()
                .contains("counted in the memory of this instance", said, "or ratelimit.backend: memory");
    }

    /** What is told at level WARN of where counters are. */
    private static List<String> countedLines(LogLines lines) {
        return lines.at(Level.WARN).stream()
                .filter(line -> line.contains("counted"))
                .toList();
    }
}
