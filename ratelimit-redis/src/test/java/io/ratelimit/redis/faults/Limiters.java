package io.ratelimit.redis.faults;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.ratelimit.failover.CircuitState;
import io.ratelimit.failover.FailoverListener;
import io.ratelimit.failover.FailoverSettings;
import io.ratelimit.failover.FailoverStore;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.redis.RedisLimitStore;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.redis.testing.load.Entry;
import io.ratelimit.redis.testing.load.FaultScale;
import io.ratelimit.redis.testing.load.Load;
import io.ratelimit.redis.testing.load.Machine;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Limiters as instances of an application have them, with the defaults of the starter, that share a Redis. Requests go to
 * them by turns.
 */
final class Limiters implements AutoCloseable {
    private static final ClientResources RESOURCES = sharedThreads();
    private static final Duration TIMEOUT = Duration.ofMillis(100);
    private static final AtomicBoolean WARM = new AtomicBoolean();

    private final List<FailoverStore> stores = new ArrayList<>();
    private final List<Transition> transitions = new CopyOnWriteArrayList<>();
    private final FailureCounts failures = new FailureCounts();
    private final String namespace = "test-" + UUID.randomUUID();

    /** One limiter's circuit changed. */
    record Transition(int limiter, CircuitState to, long atNanos) {}

    private Limiters(Supplier<RedisLimitStore.Builder> redis, int count, FailoverSettings settings) {
        for (int i = 0; i < count; i++) {
            stores.add(FailoverStore.around(redis.get()
                            .resources(RESOURCES)
                            .namespace(namespace)
                            .build())
                    .settings(settings)
                    .instances(() -> count)
                    .listener(new Listener(i))
                    .build());
        }
    }

    private static ClientResources sharedThreads() {
        ClientResources resources = DefaultClientResources.create();
        RedisClient.create(resources, RedisFixture.shared().uri()).connect();
        return resources;
    }

    static Limiters at(String host, int port) {
        return at(host, port, 1);
    }

    static Limiters at(String host, int port, int count) {
        return of(() -> RedisLimitStore.builder(RedisURI.create(host, port)), count);
    }

    /** Starts limiters in any deployment of Redis. */
    static Limiters of(Supplier<RedisLimitStore.Builder> redis, int count) {
        FailoverSettings defaults = FailoverSettings.DEFAULTS;
        return with(redis, count, Machine.patient(TIMEOUT), Machine.patient(defaults.slowCallDuration()));
    }

    /** As {@link #unhurried}, at a server. */
    static Limiters unhurriedAt(String host, int port) {
        return unhurried(() -> RedisLimitStore.builder(RedisURI.create(host, port)));
    }

    /** Starts a limiter for faults that show otherwise than by slowness, so that no stall of the machine's is taken for one. */
    static Limiters unhurried(Supplier<RedisLimitStore.Builder> redis) {
        Duration slow = FaultScale.lasting(Duration.ofSeconds(2), FailoverSettings.DEFAULTS.slowCallDuration());
        return with(redis, 1, FaultScale.lasting(Duration.ofSeconds(3), TIMEOUT), slow);
    }

    private static Limiters with(Supplier<RedisLimitStore.Builder> redis, int count, Duration timeout, Duration slow) {
        FailoverSettings defaults = FailoverSettings.DEFAULTS;
        return new Limiters(
                () -> redis.get().timeout(timeout),
                count,
                new FailoverSettings(defaults.failureThreshold(), slow, defaults.openDuration(), defaults.maxKeys()));
    }

    /** Sends the requests of a load to the limiters. */
    Load.Senders senders(Traffic traffic) {
        return connection -> number -> decide(connection % stores.size(), traffic.demand(number));
    }

    /** Starts a load of the usual shape. */
    Load start(Traffic traffic, Duration longest) {
        return Load.start(Load.Shape.usual(longest), senders(traffic));
    }

    /** Lets the code be compiled, once, and the connections be used before anything is measured. */
    void warmUp() {
        Duration time = WARM.getAndSet(true) ? Duration.ofMillis(300) : Duration.ofMillis(1_500);
        Load.start(new Load.Shape(64, 3_000, time), senders(Traffic.unlimited(50)))
                .awaitEnd();
    }

    private Entry decide(int limiter, Demand demand) {
        return decide(limiter, Operation.Acquire.of(demand));
    }

    /** Asks a limiter, and returns the account of it under the first key. */
    Entry decide(int limiter, Operation.Acquire acquire) {
        Demand demand = acquire.demands().get(0);
        long begun = System.nanoTime();
        Decision decision =
                stores.get(limiter).execute(acquire).toCompletableFuture().join();
        long took = System.nanoTime() - begun;
        long window = demand.limit().window().toNanos()
                / 1_000
                / demand.limit().tickUnit().micros();
        return new Entry(
                demand.key().owner(),
                decision.binding().verdict().at() / window,
                decision.allowed() ? Entry.Outcome.ADMITTED : Entry.Outcome.DENIED,
                0,
                decision.source().id(),
                begun,
                took);
    }

    Decision acquire(Demand demand) {
        return stores.get(0)
                .execute(Operation.Acquire.of(demand))
                .toCompletableFuture()
                .join();
    }

    /** Returns what is known of a key, and takes nothing. */
    Decision peek(Demand demand) {
        return stores.get(0)
                .execute(Operation.Peek.of(demand))
                .toCompletableFuture()
                .join();
    }

    boolean areAll(CircuitState state) {
        return stores.stream().allMatch(store -> store.circuitState() == state);
    }

    /** Returns whether Redis decides for all limiters. */
    boolean isServedByRedis() {
        Operation unknown = Operation.Peek.of(Traffic.unlimited(1).demand(0));
        return stores.stream()
                .allMatch(store -> store.execute(unknown)
                        .toCompletableFuture()
                        .join()
                        .source()
                        .id()
                        .equals("redis"));
    }

    /** Returns when the circuits changed, in order. */
    List<Transition> transitions() {
        return List.copyOf(transitions);
    }

    /** Returns when the last limiter's circuit first changed to a state after a moment; that moment if none did. */
    long changedTo(CircuitState state, long afterNanos) {
        return IntStream.range(0, stores.size())
                .mapToLong(limiter -> transitions.stream()
                        .filter(change -> change.limiter() == limiter
                                && change.to() == state
                                && change.atNanos() - afterNanos >= 0)
                        .mapToLong(Transition::atNanos)
                        .findFirst()
                        .orElse(afterNanos))
                .max()
                .orElseThrow();
    }

    /** Returns when the first circuit closed after a moment; that moment if none did. */
    long firstClosed(long afterNanos) {
        return transitions.stream()
                .filter(change -> change.to() == CircuitState.CLOSED && change.atNanos() - afterNanos >= 0)
                .mapToLong(Transition::atNanos)
                .findFirst()
                .orElse(afterNanos);
    }

    /** Returns the failures by kind. */
    FailureCounts failures() {
        return failures;
    }

    String namespace() {
        return namespace;
    }

    @Override
    public void close() {
        stores.forEach(FailoverStore::close);
    }

    /** Failures by kind. */
    static final class FailureCounts {
        private final Map<StoreException.Kind, Long> counts = new ConcurrentHashMap<>();
        private final AtomicLong ofUnknownFate = new AtomicLong();

        private void add(StoreException failure) {
            counts.merge(failure.kind(), 1L, Long::sum);
            if (failure.fate() == StoreException.Fate.UNKNOWN) {
                ofUnknownFate.incrementAndGet();
            }
        }

        /** Returns how many calls were lost that Redis may have carried out. */
        long ofUnknownFate() {
            return ofUnknownFate.get();
        }

        long of(StoreException.Kind kind) {
            return counts.getOrDefault(kind, 0L);
        }

        @Override
        public String toString() {
            return new TreeMap<>(counts).toString();
        }
    }

    private final class Listener implements FailoverListener {
        private final int limiter;

        Listener(int limiter) {
            this.limiter = limiter;
        }

        @Override
        public void failed(StoreException failure) {
            failures.add(failure);
        }

        @Override
        public void circuitChanged(CircuitState state, @Nullable StoreException reason) {
            transitions.add(new Transition(limiter, state, System.nanoTime()));
        }
    }
}
