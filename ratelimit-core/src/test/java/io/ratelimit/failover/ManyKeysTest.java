package io.ratelimit.failover;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ManyKeysTest {
    private static final String KEYS =
            System.getProperty("ratelimit.test.faults", "short").equals("full") ? "1000000" : "150000";

    @Test
    void decidesMoreKeysThanItKeepsInAHeapOf64Megabytes() throws Exception {
        decides("many keys, heap 64 MB", KEYS, "1", "5/1h", "token-bucket");
    }

    @Test
    void decidesLongLogsOfMoreKeysThanItKeepsInAHeapOf64Megabytes() throws Exception {
        decides("long logs, heap 64 MB", "2500", "1000", "1000/1m", "sliding-log");
    }

    private static void decides(String name, String keys, String times, String limit, String algorithm)
            throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ManyKeysRun.class.getName(),
                        keys,
                        times,
                        limit,
                        algorithm)
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            System.out.printf("fault %-28s %s%n", name, output.strip().lines().reduce("", (before, last) -> last));

            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(output).contains("decided " + Integer.parseInt(keys) * Integer.parseInt(times) + " ");
            assertThat(process.exitValue()).isZero();
            Matcher used = Pattern.compile("used (\\d+) MB").matcher(output);
            assertThat(used.find()).isTrue();
            assertThat(Integer.parseInt(used.group(1)))
                    .as("megabytes in use, a fifth of which for the fallback")
                    .isLessThan(24);
        } finally {
            process.destroyForcibly();
        }
    }
}
