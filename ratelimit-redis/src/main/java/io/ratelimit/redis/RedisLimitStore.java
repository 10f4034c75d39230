package io.ratelimit.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Ticker;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Counters in Redis 6.2 or later, or Valkey, shared by all instances of an application. All operations handed over
 * together are one script call: one round trip, at one instant of the server's clock.
 *
 * <p>The store has a connection of its own, opens it in the background, and opens another one when it is lost or stalled.
 * Until then, and whenever there is no answer within the timeout, operations fail with a {@link
 * io.ratelimit.store.StoreException}; none is ever sent a second time.
 *
 * <p>A counter takes 105 to 120 bytes of the server's memory, name included, and disappears when it equals a fresh one. A
 * sliding log takes another 8 to 12 bytes for each instant at which permits were taken.
 *
 * <p>Safe for any number of threads, and never blocks one for the network. Stages complete on a thread of the connection
 * or of the timer, which what depends on them must not block either.
 */
public final class RedisLimitStore implements LimitStore {
    private final CallEncoder encoder;
    private final ScheduledExecutorService timer;
    private final Link link;
    private final Caller caller;

    private RedisLimitStore(Builder builder) {
        this.encoder = new CallEncoder(builder.namespace, builder.ticker);
        this.timer = Executors.newSingleThreadScheduledExecutor(RedisLimitStore::daemon);
        ScriptConnector connector =
                new LettuceConnector(builder.uri, builder.resources, builder.options, builder.connectTimeout);
        this.link = new Link(connector, timer);
        this.caller = new Caller(Script.DECIDE, link, timer, builder.timeout);
    }

    /**
     * Starts to describe a store.
     *
     * @param uri the server, or the sentinels that know it, with credentials, database and TLS
     */
    public static Builder builder(RedisURI uri) {
        return new Builder(uri);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if there is no operation
     */
    @Override
    public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
        if (operations.isEmpty()) {
            throw new IllegalArgumentException("operations: none (expected: at least one)");
        }
        List<Operation> all = List.copyOf(operations);
        return caller.call(encoder.encode(all), reply -> ReplyReader.decisions(all, reply));
    }

    /** Closes the connection. Operations in flight fail. */
    @Override
    public void close() {
        timer.shutdownNow();
        link.close();
        caller.close();
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "ratelimit-redis");
        thread.setDaemon(true);
        return thread;
    }

    /** Describes a {@link RedisLimitStore}. Not safe for several threads. No method accepts or returns {@code null}. */
    public static final class Builder {
        private static final Pattern NAMESPACE = Pattern.compile("[^\\s{}\\p{Cntrl}]{1,64}");
        private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(1);
        private static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(10);

        private final RedisURI uri;
        private @Nullable ClientResources resources;
        private ClientOptions options = ClientOptions.create();
        private String namespace = "ratelimit";
        private Duration timeout = Duration.ofMillis(100);
        private Duration connectTimeout = Duration.ofSeconds(1);
        private @Nullable Ticker ticker;

        private Builder(RedisURI uri) {
            this.uri = Objects.requireNonNull(uri, "uri");
        }

        /**
         * Shares the threads of a client of the application's and takes over its options, such as those for TLS. The store
         * still has a client of its own, because it must treat a lost connection in another way.
         */
        public Builder like(RedisClient client) {
            return resources(client.getResources()).options(client.getOptions());
        }

        /** Shares these threads, which the store then does not shut down. Otherwise it has its own. */
        public Builder resources(ClientResources shared) {
            this.resources = Objects.requireNonNull(shared, "resources");
            return this;
        }

        /** Takes over these options, except for what concerns reconnecting, queues and timeouts. */
        public Builder options(ClientOptions base) {
            this.options = Objects.requireNonNull(base, "options");
            return this;
        }

        /**
         * Sets the first part of every key; {@code ratelimit} unless set.
         *
         * @param name 1 to 64 characters without braces, blanks and control characters
         * @throws IllegalArgumentException if it is another text
         */
        public Builder namespace(String name) {
            if (!NAMESPACE.matcher(name).matches()) {
                throw new IllegalArgumentException("namespace: " + name.length() + " characters (expected: 1 to 64"
                        + " without braces, blanks and control characters, such as ratelimit)");
            }
            this.namespace = name;
            return this;
        }

        /**
         * Sets how long operations may take; 100 ms unless set.
         *
         * @param longest from 1 ms to 10 s
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder timeout(Duration longest) {
            this.timeout = inRange("timeout", longest);
            return this;
        }

        /**
         * Sets how long an attempt to connect to the server may take, and {@link #build} at most; 1 s unless set. Each
         * sentinel that does not answer takes as long again, in the background.
         *
         * @param longest from 1 ms to 10 s
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder connectTimeout(Duration longest) {
            this.connectTimeout = inRange("connect-timeout", longest);
            return this;
        }

        /**
         * Takes the time from here instead of from the server. For tests: counters then do not expire, because the
         * server's time passes differently.
         */
        public Builder ticker(Ticker clock) {
            this.ticker = Objects.requireNonNull(clock, "ticker");
            return this;
        }

        /**
         * Returns the store, connected if the server answers within the connect timeout. If it does not, the store goes on
         * trying in the background and fails operations until it succeeds.
         */
        public RedisLimitStore build() {
            RedisLimitStore store = new RedisLimitStore(this);
            store.link.open();
            store.link.awaitFirstAttempt(connectTimeout);
            return store;
        }

        private static Duration inRange(String name, Duration value) {
            if (value.compareTo(SHORTEST_TIMEOUT) < 0 || value.compareTo(LONGEST_TIMEOUT) > 0) {
                throw new IllegalArgumentException(name + ": " + value + " (expected: from PT0.001S to PT10S)");
            }
            return value;
        }
    }
}
