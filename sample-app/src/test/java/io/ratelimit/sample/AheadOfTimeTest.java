package io.ratelimit.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplicationAotProcessor;
import org.springframework.context.aot.AbstractAotProcessor.Settings;

/** The sample, processed as for a native image. */
class AheadOfTimeTest {
    @TempDir
    private Path output;

    @Test
    void isProcessedWithEverythingThatTheLimiterNeeds() throws IOException {
        Settings settings = Settings.builder()
                .sourceOutput(output)
                .resourceOutput(output)
                .classOutput(output)
                .groupId("io.ratelimit")
                .artifactId("sample-app")
                .build();

        new SpringApplicationAotProcessor(SampleApplication.class, settings, new String[0]).process();

        List<Path> files = files();
        assertThat(files.stream().map(file -> file.getFileName().toString()))
                .as("the beans of the filter and of the backend")
                .contains(
                        "RateLimitWebAutoConfiguration__BeanDefinitions.java",
                        "RedisRateLimitAutoConfiguration__BeanDefinitions.java");
        assertThat(textOf("reachability-metadata.json"))
                .as("what is loaded by name at run time")
                .contains("io/ratelimit/redis/*.lua", "io.ratelimit.spring.configuration.RuleProperties");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(output)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private String textOf(String name) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path file : files().stream().filter(path -> path.endsWith(name)).toList()) {
            // A slash may be escaped in JSON.
            text.append(Files.readString(file).replace("\\/", "/"));
        }
        return text.toString();
    }
}
