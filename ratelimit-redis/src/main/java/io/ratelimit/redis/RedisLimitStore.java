package io.ratelimit.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.InvalidValueException;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Ticker;
import io.ratelimit.store.CleanThreads;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.PiecewiseExecutor;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Counters in Redis 6.2 or later, or Valkey, shared by all instances of an application. All operations handed over
 * together are one script call: one round trip, at one instant of the server's clock.
 *
 * <p>The store has a connection of its own, opens it in the background, and opens another one when it is lost or stalled.
 * Until then, and whenever there is no answer within the timeout, operations fail with a {@link
 * StoreException}; none is ever sent a second time.
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
    private final LinkFactory links;
    private final Router router;
    private final ScriptCaller caller;
    private final @Nullable ClusterRouter cluster;
    private final PiecewiseExecutor pieces;
    private final @Nullable Heartbeat heartbeat;
    private final @Nullable ServerCheck serverCheck;
    /** Whether one call is about one slot: in a cluster, and where a server has said that it is a node of one. */
    private volatile boolean bySlot;

    private RedisLimitStore(Builder builder) {
        CleanThreads.forTimeouts();
        this.encoder = new CallEncoder(builder.namespace, builder.ticker);
        this.timer = Executors.newSingleThreadScheduledExecutor(CleanThreads.named("ratelimit-redis"));
        this.links = new LinkFactory(builder.resources, builder.options, builder.connectTimeout);
        this.cluster =
                builder.deployment == Deployment.CLUSTER ? links.cluster(builder.uris, timer, builder.timeout) : null;
        this.bySlot = cluster != null;
        this.router = cluster != null ? cluster : links.single(builder.uris, timer);
        this.caller = new ScriptCaller(Script.DECIDE, router, timer, builder.timeout);
        this.pieces = new PiecewiseExecutor(operation -> callOne(operation), encoder::slot);
        this.heartbeat = builder.heartbeat == null
                ? null
                : new Heartbeat(
                        new ScriptCaller(Script.HEARTBEAT, router, timer, builder.timeout),
                        timer,
                        builder.namespace,
                        builder.heartbeat);
        this.serverCheck = builder.checked
                ? new ServerCheck(
                        new ScriptCaller(Script.SERVER, router, timer, builder.timeout),
                        timer,
                        builder.namespace,
                        router,
                        cluster != null)
                : null;
    }

    private void begin(Duration connectTimeout) {
        router.open();
        router.awaitFirstAttempt(connectTimeout);
        if (serverCheck != null) {
            serverCheck.begin();
        }
        if (heartbeat != null) {
            heartbeat.begin();
        }
    }

    /**
     * Starts to describe a store.
     *
     * @param uri the server, or the sentinels that know it, with credentials, database and TLS
     */
    public static Builder builder(RedisURI uri) {
        return new Builder(Deployment.SINGLE, List.of(uri));
    }

    /**
     * Starts to describe a store in whichever of these servers is the master at the time. For servers that no sentinel knows;
     * somebody else has to see to it that there is one master.
     *
     * @param servers all of them, at least one
     * @throws IllegalArgumentException if there is none
     */
    public static Builder masterReplica(List<RedisURI> servers) {
        return new Builder(Deployment.SINGLE, servers);
    }

    /**
     * Starts to describe a store in a cluster. Its nodes are shards: what concerns one owner is one atomic call; what
     * concerns several goes by {@link PiecewiseExecutor}.
     *
     * @param seeds some of the nodes, at least one, which know the others; credentials, TLS and the like are those of the
     *     first for all
     * @throws IllegalArgumentException if there is none
     */
    public static Builder cluster(List<RedisURI> seeds) {
        return new Builder(Deployment.CLUSTER, seeds);
    }

    private enum Deployment {
        SINGLE,
        CLUSTER
    }

    @Override
    public CompletionStage<Decision> execute(Operation operation) {
        List<Key> keys = operation.keys();
        if (bySlot) {
            return pieces.isWhole(keys) ? callOne(operation) : pieces.execute(operation);
        }
        CompletionStage<Decision> whole = callOne(operation);
        return keys.size() == 1
                ? whole
                : whole.exceptionallyCompose(failure -> bySlotAfter(failure, () -> pieces.execute(operation)));
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if there is no operation
     */
    @Override
    public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
        if (operations.isEmpty()) {
            throw new InvalidValueException("operations", "none", "at least one");
        }
        List<Operation> all = List.copyOf(operations);
        List<Key> keys = keysOf(all);
        if (bySlot) {
            return pieces.isWhole(keys) ? call(all) : pieces.executeAll(all);
        }
        CompletionStage<List<Decision>> whole = call(all);
        return keys.size() == 1
                ? whole
                : whole.exceptionallyCompose(failure -> bySlotAfter(failure, () -> pieces.executeAll(all)));
    }

    /** A node of a cluster refuses a call about several slots before it does anything, also where it has all of them. */
    private <T> CompletionStage<T> bySlotAfter(Throwable failure, Supplier<CompletionStage<T>> pieceByPiece) {
        if (StoreException.of(failure).kind() != Kind.CROSS_SLOT) {
            return CompletableFuture.failedFuture(failure);
        }
        bySlot = true;
        return pieceByPiece.get();
    }

    @Override
    public String shardOf(Key key) {
        return cluster == null ? "" : cluster.shardOf(encoder.slot(key));
    }

    private CompletionStage<List<Decision>> call(List<Operation> operations) {
        return caller.call(encoder.encode(operations), reply -> ReplyReader.decisions(operations, reply));
    }

    private CompletionStage<Decision> callOne(Operation operation) {
        return caller.call(encoder.encode(operation), reply -> ReplyReader.decision(operation, reply));
    }

    private static List<Key> keysOf(List<Operation> operations) {
        return operations.stream()
                .flatMap(operation -> operation.keys().stream())
                .toList();
    }

    /**
     * Returns how many instances with this namespace are alive, as the server last said; 0 if it never did, or if it is not
     * asked. The number stays while the server is gone.
     */
    public int instances() {
        return heartbeat == null ? 0 : heartbeat.instances();
    }

    /** Returns the server's version, such as 6.2.11, if it was {@link Builder#checkServer asked} and has answered. */
    public Optional<String> serverVersion() {
        return serverCheck == null ? Optional.empty() : serverCheck.version();
    }

    /**
     * Asks the server why it will never decide about all counters unless somebody changes a configuration: the user may not
     * run a command or use a key that some counter needs sometime, the server does not have a command, it is one of several
     * nodes of a cluster but not addressed as one, or no node of a {@link #cluster cluster} tells who has which slot.
     *
     * @return the reason; empty if there is none and, as far as commands and keys are concerned, if this store does not
     *     {@link Builder#checkServer check} its server. Fails with a {@link StoreException} if the server does not answer
     */
    public CompletionStage<Optional<StoreException>> refusal() {
        Optional<StoreException> slots = cluster == null ? Optional.empty() : cluster.refusal();
        return serverCheck == null || slots.isPresent()
                ? CompletableFuture.completedFuture(slots)
                : serverCheck.refusal();
    }

    /**
     * Closes the connections. Operations in flight fail. Waits a quarter of a second for the server to hear that this
     * instance leaves; an attempt to connect that is under way is waited for too, which takes up to half a second longer than
     * the connect timeout, and the end of its threads a second at most.
     */
    @Override
    public void close() {
        if (heartbeat != null) {
            heartbeat.end();
        }
        timer.shutdownNow();
        // The connections may take their time, and the deadlines have gone with the timer.
        caller.close();
        try {
            router.close();
        } finally {
            links.close();
        }
    }

    /** Describes a {@link RedisLimitStore}. Not safe for several threads. No method accepts or returns {@code null}. */
    public static final class Builder {
        private static final Pattern NAMESPACE = Pattern.compile("[^\\s{}\\p{Cntrl}]{1,64}");
        private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(1);
        private static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(10);

        private final Deployment deployment;
        private final List<RedisURI> uris;
        private @Nullable ClientResources resources;
        private ClientOptions options = ClientOptions.create();
        private String namespace = "ratelimit";
        private Duration timeout = Duration.ofMillis(100);
        private Duration connectTimeout = Duration.ofSeconds(1);
        private @Nullable Ticker ticker;
        private @Nullable Duration heartbeat;
        private boolean checked;

        private Builder(Deployment deployment, List<RedisURI> uris) {
            this.deployment = deployment;
            this.uris = List.copyOf(uris);
            if (uris.isEmpty()) {
                throw new InvalidValueException("servers", "none", "at least one address");
            }
        }

        /**
         * Shares the threads of a client of the application's and takes over its options, such as those for TLS. The store
         * still has a client of its own, because it must treat a lost connection in another way.
         */
        public Builder like(RedisClient client) {
            return resources(client.getResources()).options(client.getOptions());
        }

        /** Shares these threads, which the store then does not shut down, but no tracing. Otherwise it has its own. */
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
                throw new InvalidValueException(
                        "namespace",
                        name.length() + " characters",
                        "1 to 64 without braces, blanks and control characters, such as ratelimit");
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
         * Counts the instances that are alive, in a key of the namespace: each says so every five seconds, and is missed
         * after twenty. See {@link RedisLimitStore#instances}. Unless this is called, nobody is counted.
         */
        public Builder countInstances() {
            return countInstances(Heartbeat.INTERVAL);
        }

        /**
         * Asks the server about itself when it is first reached, and warns if it is too old, if its policy lets it evict
         * counters, or if it will not decide about all of them: see {@link RedisLimitStore#refusal}. A user who may not run
         * {@code INFO} gets no warning of the first two.
         */
        public Builder checkServer() {
            this.checked = true;
            return this;
        }

        Builder countInstances(Duration interval) {
            this.heartbeat = interval;
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
            try {
                store.begin(connectTimeout);
            } catch (RuntimeException unusable) {
                store.close();
                throw unusable;
            }
            return store;
        }

        private static Duration inRange(String name, Duration value) {
            if (value.compareTo(SHORTEST_TIMEOUT) < 0 || value.compareTo(LONGEST_TIMEOUT) > 0) {
                throw new InvalidValueException(name, value, "from PT0.001S to PT10S");
            }
            return value;
        }
    }
}
