package io.ratelimit.spring.web.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisURI;
import io.ratelimit.failover.CircuitState;
import io.ratelimit.failover.FailoverListener;
import io.ratelimit.failover.FailoverSettings;
import io.ratelimit.failover.FailoverStore;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.Ticker;
import io.ratelimit.redis.RedisLimitStore;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.redis.testing.TcpProxy;
import io.ratelimit.spring.web.servlet.TestServer.Parts;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A real Redis that can be cut off, with the failover in front of it, and what became of the decisions. */
final class FailoverBackend implements AutoCloseable {
    private static final Duration PATIENT = Duration.ofSeconds(20);
    private static final Demand PROBE = Demand.of(new Key("probe", "probe:fw1h"), Rules.fixed("5/1h"), 1);

    final TcpProxy proxy = TcpProxy.to(RedisFixture.shared());
    private final FailoverStore store;
    private final List<String> sources = new CopyOnWriteArrayList<>();
    private final List<String> incidents = new CopyOnWriteArrayList<>();

    /**
     * Opens the backend.
     *
     * @param ticker the clock of both stores, so that no window ends in the middle of a test
     * @param instances how many instances the limits are shared by in an outage
     */
    FailoverBackend(Ticker ticker, int instances) {
        this(ticker, instances, 1_000);
    }

    FailoverBackend(Ticker ticker, int instances, int maxKeys) {
        RedisLimitStore redis = RedisLimitStore.builder(RedisURI.create(proxy.host(), proxy.port()))
                .namespace(RedisFixture.shared().newNamespace())
                .timeout(Duration.ofSeconds(5))
                .connectTimeout(Duration.ofSeconds(5))
                .ticker(ticker)
                .build();
        this.store = FailoverStore.around(redis)
                .settings(new FailoverSettings(3, Duration.ofSeconds(2), Duration.ofMillis(20), maxKeys))
                .instances(() -> instances)
                .ticker(ticker)
                .listener(new FailoverListener() {
                    @Override
                    public void failed(StoreException failure) {
                        incidents.add(failure.kind().id());
                    }

                    @Override
                    public void circuitChanged(CircuitState state, @Nullable StoreException reason) {
                        incidents.add("circuit " + state);
                    }
                })
                .build();
    }

    /** Decides by this from now on. */
    TestServer behind(TestServer server, Parts parts) {
        return server.install(parts.store(store)
                .telling((decision, took) ->
                        sources.add(decision.decision().source().id())));
    }

    /** Refuses connections, and returns when that has come to the client's attention. */
    void refuse() {
        proxy.refuse();
        await().atMost(PATIENT).pollInterval(Duration.ofMillis(5)).until(() -> source().equals(Source.FALLBACK));
    }

    /** Accepts connections again, and returns when it is asked again. */
    void accept() {
        proxy.accept();
        await().atMost(PATIENT).pollInterval(Duration.ofMillis(5)).until(() -> !source().equals(Source.FALLBACK));
    }

    private Source source() {
        return store.execute(Operation.Peek.of(PROBE))
                .toCompletableFuture()
                .join()
                .source();
    }

    /** Asserts that Redis alone has decided, without a single incident. */
    void assertUndisturbed() {
        assertThat(incidents).as("failures that are put down to Redis").isEmpty();
        assertThat(store.circuitState()).isEqualTo(CircuitState.CLOSED);
        assertThat(store.fallbackKeys()).as("counters of the fallback").isZero();
        assertThat(sources)
                .as("who decided")
                .isNotEmpty()
                .allSatisfy(source -> assertThat(source).isEqualTo("redis"));
    }

    long fallbackKeys() {
        return store.fallbackKeys();
    }

    List<String> sources() {
        return List.copyOf(sources);
    }

    @Override
    public void close() {
        store.close();
        proxy.close();
    }
}
