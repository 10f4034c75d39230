package io.ratelimit.spring.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.ByteArrayResource;

/** Gives an application context the properties of a YAML text, with lines and columns as from a file. */
public final class Yaml {
    private Yaml() {}

    public static ApplicationContextInitializer<ConfigurableApplicationContext> of(String text) {
        return context -> {
            ByteArrayResource file = new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8), "application.yml") {
                @Override
                public String toString() {
                    return "application.yml";
                }
            };
            try {
                new YamlPropertySourceLoader()
                        .load("application.yml", file)
                        .forEach(context.getEnvironment().getPropertySources()::addLast);
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
        };
    }
}
