package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.util.ClassUtils;

/** Starts an application that has nothing but a configuration, and says how that went. */
public final class Startup {
    private static final ApplicationContextRunner RUNNER =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(RateLimitAutoConfiguration.class));

    private Startup() {}

    /** An application with everything on the class path, and what Boot makes of it. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    public static class Everything {}

    public static WebApplicationContextRunner everything(String yaml) {
        return new WebApplicationContextRunner()
                .withUserConfiguration(Everything.class)
                .withInitializer(Yaml.of(yaml));
    }

    /** A servlet application with all that is ours, and nothing else. */
    public static WebApplicationContextRunner oursForTheWeb(String yaml) {
        return new WebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(ours()))
                .withInitializer(Yaml.of(yaml));
    }

    public static ApplicationContextRunner oursWithoutWeb(String yaml) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(ours()))
                .withInitializer(Yaml.of(yaml));
    }

    public static Class<?>[] ours() {
        ClassLoader loader = Startup.class.getClassLoader();
        return ImportCandidates.load(AutoConfiguration.class, loader).getCandidates().stream()
                .filter(name -> name.startsWith("io.ratelimit."))
                .map(name -> ClassUtils.resolveClassName(name, loader))
                .toArray(Class<?>[]::new);
    }

    public static ApplicationContextRunner with(String yaml) {
        return RUNNER.withInitializer(Yaml.of(yaml));
    }

    public static void run(String yaml, Consumer<AssertableApplicationContext> check) {
        with(yaml).run(check::accept);
    }

    /** Returns what a user reads when an application with this configuration does not start. */
    public static String refusalOf(String yaml) {
        return refusalOf(with(yaml));
    }

    public static String refusalOf(ApplicationContextRunner runner) {
        StringBuilder message = new StringBuilder();
        runner.run(context -> {
            assertThat(context).hasFailed();
            message.append(analyze(context.getStartupFailure()));
        });
        return message.toString();
    }

    /** Analyses as Boot does: the first analyzer in order that has something to say. */
    public static String analyze(Throwable failure) {
        SpringFactoriesLoader.ArgumentResolver arguments = SpringFactoriesLoader.ArgumentResolver.of(
                        Environment.class, new StandardEnvironment())
                .and(BeanFactory.class, new DefaultListableBeanFactory());
        for (FailureAnalyzer analyzer : SpringFactoriesLoader.forDefaultResourceLocation()
                .load(FailureAnalyzer.class, arguments, (type, name, missingLibrary) -> {})) {
            FailureAnalysis analysis = analyzer.analyze(failure);
            if (analysis != null) {
                return analysis.getDescription() + System.lineSeparator() + analysis.getAction();
            }
        }
        throw new AssertionError("no analyzer has anything to say", failure);
    }
}
