package io.ratelimit.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.sample.Snippets.Snippet;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.ClassUtils;

/** What the documents show works: YAML starts an application, Java compiles, and the version is the project's. */
class DocumentsTest {
    private static final String IMPORTS = Stream.of(
                    "io.lettuce.core.RedisURI",
                    "io.ratelimit.*",
                    "io.ratelimit.failover.*",
                    "io.ratelimit.identity.*",
                    "io.ratelimit.limit.*",
                    "io.ratelimit.redis.*",
                    "io.ratelimit.spring.actuate.*",
                    "io.ratelimit.spring.annotation.*",
                    "io.ratelimit.spring.test.*",
                    "io.ratelimit.spring.web.*",
                    "io.ratelimit.spring.web.servlet.*",
                    "io.ratelimit.store.*",
                    "jakarta.servlet.http.*",
                    "java.io.*",
                    "java.lang.annotation.*",
                    "java.time.*",
                    "java.util.*",
                    "org.junit.jupiter.api.*",
                    "org.springframework.beans.factory.annotation.*",
                    "org.springframework.boot.test.context.SpringBootTest",
                    "org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest",
                    "org.springframework.context.annotation.*",
                    "org.springframework.context.event.EventListener",
                    "org.springframework.stereotype.*",
                    "org.springframework.test.web.servlet.assertj.MockMvcTester",
                    "org.springframework.web.bind.annotation.*",
                    "static org.assertj.core.api.Assertions.assertThat")
            .map(name -> "import " + name + ";")
            .collect(Collectors.joining());

    /** A snippet is a type, members of one, or statements. */
    private static final List<String> WRAPPINGS =
            List.of("%s%n%s", "%s%nclass Snippet {%n%s}", "%s%nclass Snippet { void run() {%n%s}}");

    @TempDir
    private Path classes;

    static List<Snippet> yaml() throws IOException {
        return Snippets.in("yaml");
    }

    static List<Snippet> java() throws IOException {
        return Snippets.in("java");
    }

    @ParameterizedTest
    @MethodSource("yaml")
    void yamlStartsAnApplication(Snippet snippet) throws IOException {
        List<PropertySource<?>> properties = new YamlPropertySourceLoader()
                .load(snippet.place(), new ByteArrayResource(snippet.text().getBytes(StandardCharsets.UTF_8)));
        new WebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(ownAutoConfigurations()))
                .withInitializer(
                        context -> properties.forEach(context.getEnvironment().getPropertySources()::addFirst))
                .run(context -> assertThat(context)
                        .as("%s:%n%s", snippet, snippet.text())
                        .hasNotFailed());
    }

    @ParameterizedTest
    @MethodSource("java")
    void javaCompiles(Snippet snippet) {
        List<String> messages = new ArrayList<>();
        for (String wrapping : WRAPPINGS) {
            String message = compile(wrapping.formatted(IMPORTS, snippet.text()));
            if (message.isEmpty()) {
                return;
            }
            messages.add(message);
        }
        messages.sort(Comparator.comparing(String::length));
        assertThat(messages.get(0))
                .as("%s, as a type, as members or as statements", snippet)
                .isEmpty();
    }

    @Test
    void theDependencyHasTheVersionOfTheProject() throws IOException {
        Matcher version = Pattern.compile("<version>(.*?)</version>").matcher(Snippets.document("pom.xml"));
        assertThat(version.find()).isTrue();

        assertThat(Snippets.in("xml").get(0).text()).contains(version.group());
    }

    private static Class<?>[] ownAutoConfigurations() {
        List<Class<?>> own = new ArrayList<>();
        for (String name : ImportCandidates.load(AutoConfiguration.class, null).getCandidates()) {
            if (name.startsWith("io.ratelimit.")) {
                own.add(ClassUtils.resolveClassName(name, null));
            }
        }
        assertThat(own).as("auto-configurations of this project").isNotEmpty();
        return own.toArray(Class<?>[]::new);
    }

    private String compile(String source) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("string:///Snippet.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        List<String> options =
                List.of("-proc:none", "-cp", System.getProperty("java.class.path"), "-d", classes.toString());
        boolean compiled = compiler.getTask(messages, null, null, options, null, List.of(file))
                .call();
        return compiled ? "" : messages.toString();
    }
}
