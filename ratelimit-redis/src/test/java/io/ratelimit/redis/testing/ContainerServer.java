package io.ratelimit.redis.testing;

import com.redis.testcontainers.RedisContainer;
import java.util.ArrayList;
import java.util.List;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.utility.DockerImageName;

/** A server in a container. The system property {@code ratelimit.test.redis-image} chooses another image. */
final class ContainerServer implements TestServer {
    private static final String IMAGE = System.getProperty("ratelimit.test.redis-image", "redis:7.4-alpine");

    private final RedisContainer container;

    private ContainerServer(RedisContainer container) {
        this.container = container;
    }

    static boolean isPossible() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    static TestServer launch(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(IMAGE.contains("valkey") ? "valkey-server" : "redis-server");
        command.addAll(arguments);
        RedisContainer container =
                new RedisContainer(DockerImageName.parse(IMAGE).asCompatibleSubstituteFor("redis"));
        container.setCommand(command.toArray(String[]::new));
        container.start();
        return new ContainerServer(container);
    }

    @Override
    public String host() {
        return container.getRedisHost();
    }

    @Override
    public int port() {
        return container.getRedisPort();
    }

    @Override
    public String description() {
        return "container " + IMAGE;
    }

    @Override
    public void close() {
        container.stop();
    }
}
