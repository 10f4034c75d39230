package io.ratelimit.spring.autoconfigure;

import io.ratelimit.identity.IdentityErrorListener;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what went wrong in code of the application at DEBUG, and tells all who listen. */
final class IdentityErrors implements IdentityErrorListener {
    private static final Logger log = LoggerFactory.getLogger(IdentityErrors.class);

    private final List<IdentityErrorListener> listeners;

    IdentityErrors(List<IdentityErrorListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public void onIdentityError(String kind, Throwable failure) {
        log.debug("Who is asking could not be told by {}; the request counts by its address", kind, failure);
        for (IdentityErrorListener listener : listeners) {
            listener.onIdentityError(kind, failure);
        }
    }
}
