package io.ratelimit.sample;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The sample in a process of its own, started from the class path of the tests, on a free port. */
final class SampleProcess implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofSeconds(60);
    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Process process;
    private final Path log;
    private int port;

    private SampleProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts processes at the same time, and returns when all of them say that they are healthy. */
    static List<SampleProcess> start(int count, List<String> arguments) throws IOException {
        return start(count, List.of("-Xmx256m"), arguments);
    }

    /** Starts processes with options for the virtual machine. */
    static List<SampleProcess> start(int count, List<String> options, List<String> arguments) throws IOException {
        List<SampleProcess> started = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                started.add(launch(options, arguments));
            }
            started.forEach(SampleProcess::awaitHealthy);
            return started;
        } catch (IOException | RuntimeException | Error failed) {
            started.forEach(SampleProcess::close);
            throw failed;
        }
    }

    private static SampleProcess launch(List<String> options, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SampleApplication.class.getName(),
                "--server.port=0",
                "--server.address=127.0.0.1"));
        command.addAll(arguments);
        Path log = Files.createTempFile("sample-app-", ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new SampleProcess(process, log);
    }

    private void awaitHealthy() {
        await().atMost(LONGEST_START).pollInterval(Duration.ofMillis(100)).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("The sample did not start:\n" + Files.readString(log));
            }
            Matcher line = PORT.matcher(Files.readString(log));
            if (!line.find()) {
                return false;
            }
            port = Integer.parseInt(line.group(1));
            return get("/actuator/health").statusCode() == 200;
        });
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    /** Returns what the process has printed so far. */
    String log() throws IOException {
        return Files.readString(log);
    }

    /** Asks the process to end, and returns whether it did within a time. */
    boolean terminate(Duration patience) throws InterruptedException {
        process.destroy();
        return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Sends one request. */
    HttpResponse<String> get(String path) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while asking " + path, interrupted);
        }
    }

    /** Ends the process at once: it has nothing to clean up, and requests that it still holds would delay it. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
            Files.deleteIfExists(log);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (IOException kept) {
            log.toFile().deleteOnExit();
        }
    }
}
