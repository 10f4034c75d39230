package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.ratelimit.redis.RedisLimitStore;
import io.ratelimit.spring.configuration.RuleProperties;
import java.util.Map;
import org.eclipse.jetty.ee11.servlet.ServletApiRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.web.context.servlet.AnnotationConfigServletWebApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.core.env.MapPropertySource;
import org.springframework.javapoet.ClassName;

/** A build ahead of time. */
class AheadOfTimeTest {
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(RateLimitAutoConfiguration.class)
    static class Application {}

    @Test
    void keepsTheScriptsOfRedis() {
        RuntimeHints hints = new RuntimeHints();
        new RateLimitRuntimeHints().registerHints(hints, getClass().getClassLoader());
        assertThat(RuntimeHintsPredicates.resource().forResource("io/ratelimit/redis/decide.lua"))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.proxies().forInterfaces(jakarta.servlet.http.HttpServletRequest.class))
                .accepts(hints);
    }

    @Test
    void findsJettyByItsName() {
        RuntimeHints hints = new RuntimeHints();
        new RateLimitRuntimeHints().registerHints(hints, getClass().getClassLoader());
        assertThat(RuntimeHintsPredicates.reflection().onType(ServletApiRequest.class))
                .accepts(hints);
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                RedisLimitStore.class,
                RedisClient.class,
                DataRedisConnectionDetails.class,
            })
    void findsTheLibrariesOfRedisByTheirNames(Class<?> library) {
        RuntimeHints hints = new RuntimeHints();
        new RateLimitRuntimeHints().registerHints(hints, getClass().getClassLoader());
        assertThat(RuntimeHintsPredicates.reflection().onType(library)).accepts(hints);
    }

    @Test
    void generatesCodeWithoutKnowingTheSecretsOfTheConfiguration() {
        System.setProperty(AbstractAotProcessor.AOT_PROCESSING, "true");
        try (AnnotationConfigServletWebApplicationContext context =
                new AnnotationConfigServletWebApplicationContext()) {
            context.getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource(
                            "test",
                            Map.of(
                                    "ratelimit.api-keys.keys[0].name", "acme",
                                    "ratelimit.api-keys.keys[0].value", "${NOT_KNOWN_YET}")));
            context.register(Application.class);
            InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();
            DefaultGenerationContext generation = new DefaultGenerationContext(
                    new ClassNameGenerator(ClassName.get("io.ratelimit.test", "Application")), files);
            new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
            generation.writeGeneratedContent();
            assertThat(files.getGeneratedFiles(Kind.SOURCE).keySet())
                    .anyMatch(name -> name.contains("RateLimitAutoConfiguration"));
            assertThat(RuntimeHintsPredicates.reflection().onType(RuleProperties.class))
                    .as("the hint for the binding of rules")
                    .accepts(generation.getRuntimeHints());
        } finally {
            System.clearProperty(AbstractAotProcessor.AOT_PROCESSING);
        }
    }
}
