package io.ratelimit.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects to one server, always the same. */
final class LettuceConnector implements ScriptConnector {
    private static final Logger log = LoggerFactory.getLogger(LettuceConnector.class);
    private static final int MOST_CALLS_IN_FLIGHT = 10_000;
    private static final Duration GRACE = Duration.ofMillis(500);
    private static final Duration LONGEST_SHUTDOWN = Duration.ofSeconds(1);

    private static final boolean HAS_NOTIFICATIONS = isPresent("io.lettuce.core.MaintNotificationsConfig");

    private final RedisClient client;
    private final RedisURI uri;
    private final Duration connectTimeout;
    private CompletableFuture<?> attempt = CompletableFuture.completedFuture(null);
    private boolean closed;

    /**
     * Prepares to connect; opens nothing yet.
     *
     * @param resources threads, which are not shut down with this
     * @param options what to keep of the application's options, such as those for TLS
     */
    LettuceConnector(RedisURI uri, ClientResources resources, ClientOptions options, Duration connectTimeout) {
        // It bounds the greeting of a server that accepts connections but stays silent.
        this.uri = RedisURI.builder(uri).withTimeout(connectTimeout).build();
        this.connectTimeout = connectTimeout;
        this.client = RedisClient.create(resources);
        this.client.setOptions(ownOptions(options, connectTimeout));
    }

    /**
     * A call that is lost must not be sent again, because nobody waits for it any more: so Lettuce may not reconnect, which
     * makes it fail whatever is in flight when a connection ends. The {@link Link} opens another one. Deadlines are our
     * own too, because Lettuce's cost a timer for each call.
     */
    private static ClientOptions ownOptions(ClientOptions options, Duration connectTimeout) {
        ClientOptions.Builder own = options.mutate()
                .autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(MOST_CALLS_IN_FLIGHT)
                .publishOnScheduler(false)
                .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
                .socketOptions(options.getSocketOptions()
                        .mutate()
                        .connectTimeout(connectTimeout)
                        .build());
        if (HAS_NOTIFICATIONS) {
            Notifications.switchOff(own);
        }
        return own.build();
    }

    /** Apart, because the Lettuce 6 of Spring Boot 4.0 has no such class, and nothing to switch off. */
    private static final class Notifications {
        static void switchOff(ClientOptions.Builder options) {
            options.maintNotificationsConfig(MaintNotificationsConfig.disabled());
        }
    }

    private static boolean isPresent(String className) {
        try {
            Class.forName(className, false, LettuceConnector.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }

    @Override
    public CompletionStage<ScriptConnection> connect() {
        CompletableFuture<ScriptConnection> opened = new CompletableFuture<>();
        var unused = begin().whenComplete((connection, failure) -> {
            if (failure != null) {
                opened.completeExceptionally(failure);
                return;
            }
            ScriptConnection ready = new LettuceConnection(connection);
            if (!opened.complete(ready)) {
                ready.close();
            }
        });
        // Lettuce keeps the connect timeout; this is for what it does not time, such as the lookup of a name.
        return opened.orTimeout(connectTimeout.plus(GRACE).toNanos(), TimeUnit.NANOSECONDS);
    }

    private synchronized CompletableFuture<StatefulRedisConnection<byte[], byte[]>> begin() {
        if (closed) {
            return CompletableFuture.failedFuture(new RedisException("Connection is closed"));
        }
        CompletableFuture<StatefulRedisConnection<byte[], byte[]>> begun =
                client.connectAsync(ByteArrayCodec.INSTANCE, uri).toCompletableFuture();
        attempt = attempt.isDone() ? begun : CompletableFuture.allOf(attempt, begun);
        return begun;
    }

    /**
     * Waits for attempts under way: their threads would be gone before they are, which Netty reports as an error. Waits so long,
     * and closes everything, also on a thread that is interrupted, which it stays.
     */
    @Override
    public void close() {
        CompletableFuture<?> last;
        synchronized (this) {
            closed = true;
            last = attempt;
        }
        await(last, connectTimeout.plus(GRACE));
        try {
            await(client.shutdownAsync(0, LONGEST_SHUTDOWN.toMillis(), TimeUnit.MILLISECONDS), LONGEST_SHUTDOWN);
        } catch (RuntimeException refused) {
            log.debug("The client to {} does not end as it should", this, refused);
        }
    }

    private static void await(CompletableFuture<?> end, Duration longest) {
        var unused = end.handle((done, failure) -> failure == null)
                .completeOnTimeout(false, longest.toNanos(), TimeUnit.NANOSECONDS)
                .join();
    }

    /** Returns where this connects to, without credentials. */
    @Override
    public String toString() {
        return Node.of(uri).toString();
    }
}
