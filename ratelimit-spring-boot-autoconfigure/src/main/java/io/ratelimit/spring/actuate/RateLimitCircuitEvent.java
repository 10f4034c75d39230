package io.ratelimit.spring.actuate;

import io.ratelimit.failover.CircuitState;
import io.ratelimit.store.StoreException;
import java.util.Optional;

/**
 * The backend is no longer asked, because it failed or was slow several times in a row, or it is asked again. Between the
 * two, the failure policies of the rules decide. Published on a thread of its own, in order; if listeners are far behind, the
 * oldest events are dropped.
 *
 * @param backend the name of the backend, such as {@code redis}
 * @param state open or closed
 * @param reason what opened the circuit, {@code TIMEOUT} also if the backend was slow; empty if it closed
 */
public record RateLimitCircuitEvent(String backend, CircuitState state, Optional<StoreException.Kind> reason) {}
