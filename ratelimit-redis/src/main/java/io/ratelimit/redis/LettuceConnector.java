package io.ratelimit.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Connects to one server, or to the master that the sentinels of the address name at the time. */
final class LettuceConnector implements ScriptConnector {
    private static final int MOST_CALLS_IN_FLIGHT = 10_000;
    private static final Duration LONGEST_SHUTDOWN = Duration.ofSeconds(1);

    private final RedisClient client;
    private final RedisURI uri;
    private final Duration connectTimeout;

    /**
     * Prepares to connect; opens nothing yet.
     *
     * @param resources threads to share, or {@code null} for own ones
     * @param options what to keep of the application's options, such as those for TLS
     */
    LettuceConnector(
            RedisURI uri, @Nullable ClientResources resources, ClientOptions options, Duration connectTimeout) {
        this.uri = withTimeout(uri, connectTimeout);
        this.connectTimeout = connectTimeout;
        this.client = resources == null ? RedisClient.create() : RedisClient.create(resources);
        this.client.setOptions(ownOptions(options, connectTimeout));
    }

    /**
     * A call that is lost must not be sent again, because nobody waits for it any more: so Lettuce may not reconnect, which
     * makes it fail whatever is in flight when a connection ends. The {@link Link} opens another one. Deadlines are our
     * own too, because Lettuce's cost a timer for each call.
     */
    private static ClientOptions ownOptions(ClientOptions options, Duration connectTimeout) {
        return options.mutate()
                .autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(MOST_CALLS_IN_FLIGHT)
                .publishOnScheduler(false)
                .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .socketOptions(options.getSocketOptions()
                        .mutate()
                        .connectTimeout(connectTimeout)
                        .build())
                .build();
    }

    /** The timeout of an address bounds the greeting of a server that accepts connections but stays silent. */
    private static RedisURI withTimeout(RedisURI uri, Duration connectTimeout) {
        RedisURI.Builder copy = RedisURI.builder(uri).withTimeout(connectTimeout);
        uri.getSentinels().forEach(copy::withSentinel);
        if (uri.getSentinelMasterId() != null) {
            copy.withSentinelMasterId(uri.getSentinelMasterId());
        }
        return copy.build();
    }

    @Override
    public CompletionStage<ScriptConnection> connect() {
        CompletableFuture<ScriptConnection> opened = new CompletableFuture<>();
        var unused = client.connectAsync(ByteArrayCodec.INSTANCE, uri).whenComplete((connection, failure) -> {
            if (failure != null) {
                opened.completeExceptionally(failure);
                return;
            }
            ScriptConnection ready = new LettuceConnection(connection);
            if (!opened.complete(ready)) {
                ready.close();
            }
        });
        return opened.orTimeout(connectTimeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, LONGEST_SHUTDOWN);
    }

    /** Returns where this connects to, without credentials. */
    @Override
    public String toString() {
        return uri.getSentinels().isEmpty()
                ? uri.getHost() + ":" + uri.getPort()
                : uri.getSentinelMasterId() + " of " + uri.getSentinels().size() + " sentinels";
    }
}
