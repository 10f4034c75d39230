package io.ratelimit.spring.actuate;

import io.ratelimit.failover.CircuitState;
import io.ratelimit.failover.FailoverListener;
import io.ratelimit.store.StoreException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Publishes the transitions of the circuit. Safe for any number of threads. */
public final class CircuitEvents implements FailoverListener, AutoCloseable {
    private final String backend;
    private final Consumer<RateLimitCircuitEvent> publisher;
    private final EventThread thread;

    /**
     * Publishes on a thread of its own.
     *
     * @param backend the name of the backend, such as {@code redis}
     * @param publisher takes the events, such as {@code applicationEventPublisher::publishEvent}
     * @param loader the class loader of the application, which that thread has; {@code null} for none
     */
    public CircuitEvents(String backend, Consumer<RateLimitCircuitEvent> publisher, @Nullable ClassLoader loader) {
        this.backend = Objects.requireNonNull(backend, "backend");
        this.publisher = Objects.requireNonNull(publisher, "publisher");
        this.thread = new EventThread(loader, new ThreadPoolExecutor.DiscardOldestPolicy());
    }

    @Override
    public void circuitChanged(CircuitState state, @Nullable StoreException reason) {
        StoreException.Kind kind = reason == null ? StoreException.Kind.TIMEOUT : reason.kind();
        RateLimitCircuitEvent event = new RateLimitCircuitEvent(
                backend, state, state == CircuitState.CLOSED ? Optional.empty() : Optional.of(kind));
        thread.execute(() -> publisher.accept(event));
    }

    @Override
    public void close() {
        thread.close();
    }
}
