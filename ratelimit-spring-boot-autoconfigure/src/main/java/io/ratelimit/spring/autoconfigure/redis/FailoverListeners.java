package io.ratelimit.spring.autoconfigure.redis;

import io.ratelimit.failover.CircuitState;
import io.ratelimit.failover.FailoverListener;
import io.ratelimit.store.StoreException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells all listeners, whatever one of them throws. */
final class FailoverListeners implements FailoverListener {
    private static final Logger log = LoggerFactory.getLogger(FailoverListeners.class);

    private final List<FailoverListener> listeners;

    FailoverListeners(List<FailoverListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public void failed(StoreException failure) {
        tell(listener -> listener.failed(failure));
    }

    @Override
    public void circuitChanged(CircuitState state, @Nullable StoreException reason) {
        tell(listener -> listener.circuitChanged(state, reason));
    }

    private void tell(Consumer<FailoverListener> event) {
        for (FailoverListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException | LinkageError | AssertionError broken) {
                log.debug("A listener failed; nothing else depends on it", broken);
            }
        }
    }
}
