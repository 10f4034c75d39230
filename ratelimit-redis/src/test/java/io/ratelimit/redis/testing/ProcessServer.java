package io.ratelimit.redis.testing;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import redis.embedded.core.ExecutableProvider;

/** A server that is a child of this process, on a free port of the loopback interface, without persistence. */
final class ProcessServer implements TestServer {
    private static final int ATTEMPTS = 5;
    private static final int BUS = 10_000;
    private static final int LARGEST_PORT = 0xFFFF;
    private static final String READY = "Ready to accept connections";
    private static final String SENTINEL_READY = "+monitor master";

    private final Process process;
    private final int port;
    private final String description;
    private final Thread lastResort;

    private ProcessServer(Process process, int port, String description, Thread lastResort) {
        this.process = process;
        this.port = port;
        this.description = description;
        this.lastResort = lastResort;
    }

    /** Finds an installed server: what {@code ratelimit.test.redis-server} names, or one on the path. */
    static Optional<File> installed() {
        String named = System.getProperty("ratelimit.test.redis-server", "");
        Stream<Path> candidates = named.isEmpty()
                ? Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                        .map(directory -> Path.of(directory, "redis-server"))
                : Stream.of(Path.of(named));
        return candidates.filter(Files::isExecutable).findFirst().map(Path::toFile);
    }

    /** Unpacks the server that comes as a library. */
    static File bundled() {
        try {
            File executable = ExecutableProvider.newJarResourceProvider().get();
            executable.deleteOnExit();
            return executable;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the server. Another process may take the port between finding it and using it, so that this tries again. */
    static ProcessServer launch(File executable, List<String> arguments) {
        return launch(executable, ProcessServer::freePort, arguments);
    }

    /** Starts the server on a port that was its own before. */
    static ProcessServer launch(File executable, int port, List<String> arguments) {
        return launch(executable, () -> port, arguments);
    }

    private static ProcessServer launch(File executable, IntSupplier ports, List<String> arguments) {
        String output = "";
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ports.getAsInt();
            try {
                Process process = new ProcessBuilder(command(executable, port, arguments))
                        .redirectErrorStream(true)
                        .start();
                output = awaitReady(process);
                if (isReady(output)) {
                    Thread lastResort = new Thread(process::destroyForcibly);
                    Runtime.getRuntime().addShutdownHook(lastResort);
                    return new ProcessServer(process, port, executable.getName(), lastResort);
                }
                process.destroyForcibly();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw new IllegalStateException("redis-server did not start: " + output);
    }

    /** A configuration file, if there is one, comes before all options. */
    private static List<String> command(File executable, int port, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(executable.getAbsolutePath()));
        boolean hasFile = !arguments.isEmpty() && !arguments.get(0).startsWith("--");
        if (hasFile) {
            command.add(arguments.get(0));
        }
        command.addAll(List.of(
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--dir",
                System.getProperty("java.io.tmpdir")));
        command.addAll(arguments.subList(hasFile ? 1 : 0, arguments.size()));
        return command;
    }

    /** Returns the output up to the line that says ready, and reads on in the background so that the pipe never fills. */
    private static String awaitReady(Process process) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder output = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            output.append(line).append('\n');
            if (isReady(line)) {
                Thread drain = new Thread(() -> lines.lines().forEach(ignored -> {}), "redis-output");
                drain.setDaemon(true);
                drain.start();
                break;
            }
        }
        return output.toString();
    }

    private static boolean isReady(String output) {
        return output.contains(READY) || output.contains(SENTINEL_READY);
    }

    /** Returns a port that leaves room for that of a cluster's bus, which is larger by ten thousand. */
    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = socket.getLocalPort();
            return port + BUS <= LARGEST_PORT ? port : freePort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String host() {
        return "127.0.0.1";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String description() {
        return description;
    }

    boolean isRunning() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        try {
            Runtime.getRuntime().removeShutdownHook(lastResort);
        } catch (IllegalStateException shuttingDown) {
            // The hook runs already, and has nothing left to do.
        }
    }
}
