package io.ratelimit.spring.autoconfigure.redis;

import io.ratelimit.failover.FailureListener;
import io.ratelimit.store.StoreException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells all listeners, whatever one of them throws: the decision that waits for them is not theirs to break. */
final class FailureListeners implements FailureListener {
    private static final Logger log = LoggerFactory.getLogger(FailureListeners.class);

    private final List<FailureListener> listeners;

    FailureListeners(List<FailureListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public void failed(StoreException failure) {
        for (FailureListener listener : listeners) {
            try {
                listener.failed(failure);
            } catch (RuntimeException broken) {
                log.debug("A listener failed; nothing else depends on it", broken);
            }
        }
    }
}
