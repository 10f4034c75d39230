package io.ratelimit.redis.testing;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A Redis that a test may kill, start again on the same port, stop and continue.
 *
 * <p>Always a process of this machine, because a container changes its port when it starts again. It has a directory of its
 * own, so that one with {@code --appendonly yes} finds its data again. Not safe for several threads.
 */
public final class RedisProcess implements AutoCloseable {
    private static final File EXECUTABLE = ProcessServer.installed().orElseGet(ProcessServer::bundled);

    private final Path directory;
    private final List<String> arguments;
    private ProcessServer server;

    private RedisProcess(Path directory, List<String> arguments) {
        this.directory = directory;
        this.arguments = arguments;
        this.server = ProcessServer.launch(EXECUTABLE, arguments);
    }

    /**
     * Starts a server.
     *
     * @param arguments options of {@code redis-server}, such as {@code "--appendonly", "yes"}
     */
    public static RedisProcess start(String... arguments) {
        try {
            Path directory = Files.createTempDirectory("redis-");
            List<String> all = new ArrayList<>(List.of(arguments));
            all.add("--dir");
            all.add(directory.toString());
            return new RedisProcess(directory, all);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts a sentinel, which keeps its configuration in a file.
     *
     * @param configuration the lines of the file
     */
    public static RedisProcess sentinel(String... configuration) {
        try {
            Path directory = Files.createTempDirectory("sentinel-");
            Path file = Files.write(directory.resolve("sentinel.conf"), List.of(configuration));
            return new RedisProcess(directory, List.of(file.toString(), "--sentinel", "--dir", directory.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the host to connect to. */
    public String host() {
        return server.host();
    }

    /** Returns the port, which stays the same. */
    public int port() {
        return server.port();
    }

    /** Returns the address. */
    public RedisURI uri() {
        return RedisURI.create(host(), port());
    }

    /** Returns whether it runs, stopped or not. */
    public boolean isRunning() {
        return server.isRunning();
    }

    /** Kills it as {@code kill -9} does, and returns when it is gone. */
    public void kill() {
        server.close();
    }

    /** Starts it again after it was killed, with what it has saved, and returns when it is ready. */
    public void restart() {
        server = ProcessServer.launch(EXECUTABLE, server.port(), arguments);
    }

    /** Stops it, so that it accepts connections and answers nothing. */
    public void stop() {
        Signals.send("STOP", server.pid());
    }

    /** Lets it go on after it was stopped. */
    public void resume() {
        Signals.send("CONT", server.pid());
    }

    /** Asks it something, over a connection that ends with that. */
    public <T> T ask(Function<RedisCommands<String, String>, T> question) {
        try (RedisClient client = RedisClient.create(uri());
                StatefulRedisConnection<String, String> connection = client.connect()) {
            return question.apply(connection.sync());
        }
    }

    @Override
    public void close() {
        server.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
