package io.ratelimit.redis.testing;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.File;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Redis for tests: in a container where Docker runs, otherwise the {@code redis-server} on the path, otherwise the
 * one that comes as a library.
 *
 * <p>Most tests use {@link #shared()} and a {@link #newNamespace()} each. Tests that change the server's configuration or
 * data beyond that {@link #start} one of their own and close it. All servers stop with this process.
 */
public final class RedisFixture implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisFixture.class);

    private final TestServer server;
    private final RedisClient client;
    private final RedisCommands<String, String> commands;

    private RedisFixture(TestServer server) {
        this.server = server;
        this.client = RedisClient.create(RedisURI.create(server.host(), server.port()));
        this.commands = client.connect().sync();
    }

    private static final class Shared {
        static final RedisFixture INSTANCE = start();
    }

    private static final class Chosen {
        static final TestServer.Launcher LAUNCHER = choose();
    }

    /** Returns the server that all tests of this process share. Nobody closes it. */
    public static RedisFixture shared() {
        return Shared.INSTANCE;
    }

    /**
     * Starts a server.
     *
     * @param arguments options of {@code redis-server}, such as {@code "--maxmemory", "10mb"}
     */
    public static RedisFixture start(String... arguments) {
        TestServer server = Chosen.LAUNCHER.launch(List.of(arguments));
        LOG.info("Redis for tests: {} on {}:{}", server.description(), server.host(), server.port());
        return new RedisFixture(server);
    }

    private static TestServer.Launcher choose() {
        if (ContainerServer.isPossible()) {
            return ContainerServer::launch;
        }
        Optional<File> installed = ProcessServer.installed();
        File executable = installed.orElseGet(ProcessServer::bundled);
        return arguments -> ProcessServer.launch(executable, arguments);
    }

    /** Returns the server's host. */
    public String host() {
        return server.host();
    }

    /** Returns the server's port. */
    public int port() {
        return server.port();
    }

    /** Returns the server's address. */
    public RedisURI uri() {
        return RedisURI.create(host(), port());
    }

    /** Returns a first part for keys that no other test uses. */
    public String newNamespace() {
        return "test-" + UUID.randomUUID();
    }

    /** Returns a connection for looking at the server and preparing it. Safe for any number of threads. */
    public RedisCommands<String, String> commands() {
        return commands;
    }

    /** Returns the keys of a namespace. */
    public List<String> keys(String namespace) {
        return commands.keys(namespace + ":*");
    }

    /** Stops the server at once, as a crash would. */
    @Override
    public void close() {
        client.shutdown();
        server.close();
    }
}
