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
        return of("application.yml", text);
    }

    /** Ranks below what the context has already. */
    public static ApplicationContextInitializer<ConfigurableApplicationContext> of(String name, String text) {
        return context -> {
            ByteArrayResource file = new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8), name) {
                @Override
                public String toString() {
                    return name;
                }
            };
            try {
                new YamlPropertySourceLoader()
                        .load(name, file)
                        .forEach(context.getEnvironment().getPropertySources()::addLast);
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
        };
    }
}
