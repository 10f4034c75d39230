package io.ratelimit.failover;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.core.IntervalFunction;
import io.ratelimit.store.StoreException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Says whether the store may be asked. A window as long as the threshold, all of which has to fail, is "so many in a row".
 *
 * <p>Requests are never probes: when a pause is over, {@code onProbe} is called, and its outcome alone closes the circuit or
 * begins the next, longer pause.
 */
final class Circuit {
    private static final float ALL = 100;
    private static final double GROWTH = 2;
    private static final long STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long LOSS_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final double JITTER = 0.3;
    private final StoreException slow =
            new StoreException(StoreException.Kind.TIMEOUT, "The store answered slowly", null);

    private final CircuitBreaker breaker;
    private final long slowNanos;
    private final AtomicReference<@Nullable Incident> lastIncident = new AtomicReference<>();
    private volatile @Nullable StoreException reason;

    private record Incident(long notedNanos, @Nullable Object cause) {}

    Circuit(FailoverSettings settings, Consumer<Circuit> onChange, Runnable onProbe) {
        this.breaker = CircuitBreaker.of("ratelimit", config(settings));
        this.slowNanos = settings.slowCallDuration().toNanos();
        breaker.getEventPublisher().onStateTransition(event -> {
            switch (event.getStateTransition().getToState()) {
                case HALF_OPEN -> onProbe.run();
                case OPEN -> {
                    if (event.getStateTransition().getFromState() == CircuitBreaker.State.CLOSED) {
                        onChange.accept(this);
                    }
                }
                case CLOSED -> onChange.accept(this);
                case FORCED_OPEN -> {
                    // The store is closed; nobody has to be told.
                }
                default -> throw new IllegalStateException("circuit: " + event);
            }
        });
    }

    /** Starts the one thread that ends the pauses of all circuits of Resilience4j, which the first pause would start otherwise. */
    static void startTimer() {
        CircuitBreaker first = CircuitBreaker.of("ratelimit-start", config(FailoverSettings.DEFAULTS));
        first.transitionToOpenState();
        first.transitionToForcedOpenState();
    }

    private static CircuitBreakerConfig config(FailoverSettings settings) {
        return CircuitBreakerConfig.custom()
                .slidingWindow(settings.failureThreshold(), settings.failureThreshold(), SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(ALL)
                .maxWaitDurationInHalfOpenState(FailoverSettings.LONGEST_PAUSE)
                .permittedNumberOfCallsInHalfOpenState(1)
                .automaticTransitionFromOpenToHalfOpenEnabled(true)
                .waitIntervalFunctionInOpenState(pauses(settings))
                .build();
    }

    /** Resilience4j's own bounds a pause after spreading it, so that the longest ones would all be equal. */
    static IntervalFunction pauses(FailoverSettings settings) {
        long longest = (long) (FailoverSettings.LONGEST_PAUSE.toMillis() / (1 + JITTER));
        IntervalFunction growing = IntervalFunction.ofExponentialBackoff(settings.openDuration(), GROWTH);
        return attempt -> {
            double spread = 1 + JITTER * (2 * ThreadLocalRandom.current().nextDouble() - 1);
            return Math.max(1, (long) (Math.min(longest, growing.apply(attempt)) * spread));
        };
    }

    boolean isClosed() {
        return breaker.getState() == CircuitBreaker.State.CLOSED;
    }

    CircuitState state() {
        return switch (breaker.getState()) {
            case CLOSED -> CircuitState.CLOSED;
            case HALF_OPEN -> CircuitState.HALF_OPEN;
            default -> CircuitState.OPEN;
        };
    }

    /** Returns the last failure that was noted; {@code null} if it was slowness, or if there was none. */
    @Nullable
    StoreException reason() {
        return reason;
    }

    /** Returns whether what began then takes too long for a call to count as quick. */
    boolean isSlow(long startNanos) {
        return System.nanoTime() - startNanos >= slowNanos;
    }

    /** Leaves the store alone for good. */
    void close() {
        breaker.transitionToForcedOpenState();
    }

    /** Notes an answer. A slow one is an incident like a failure. */
    void succeeded(long startNanos) {
        long took = System.nanoTime() - startNanos;
        if (!isClosed()) {
            return;
        }
        if (took < slowNanos) {
            breaker.onSuccess(took, TimeUnit.NANOSECONDS);
        } else if (isNewIncident(startNanos, null, true)) {
            reason = null;
            breaker.onError(took, TimeUnit.NANOSECONDS, slow);
        }
    }

    /** Notes a failure, unless the call was lost in an incident that has been noted. */
    void failed(StoreException failure, long startNanos) {
        boolean stall = failure.kind() == StoreException.Kind.TIMEOUT;
        if (isClosed() && !isOfKeys(failure.kind()) && isNewIncident(startNanos, failure.incident(), stall)) {
            reason = failure;
            breaker.onError(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS, failure);
        }
    }

    /** While keys move from one node to another, some cannot be decided about together; that says nothing about the node. */
    private static boolean isOfKeys(StoreException.Kind kind) {
        return kind == StoreException.Kind.TRY_AGAIN;
    }

    /** Notes the answer to a probe, and returns whether it was quick: a slow one begins the next pause. */
    boolean probeSucceeded(long startNanos) {
        long took = System.nanoTime() - startNanos;
        if (took < slowNanos) {
            breaker.onSuccess(took, TimeUnit.NANOSECONDS);
            return true;
        }
        breaker.onError(took, TimeUnit.NANOSECONDS, slow);
        return false;
    }

    void probeFailed(long startNanos, Throwable failure) {
        breaker.onError(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS, failure);
    }

    /**
     * Calls that were under way when an incident was noted are part of it, and so are later ones that were lost with the
     * same connection: 64 requests that meet one stall say no more about the store than one. A stall is often this process's
     * own, such as a burst that meets cold code, and is one incident for as long as such take. A connection that is lost is
     * one for as long as opening another may take on a busy machine; a server that accepts connections and stays silent
     * would otherwise need three attempts to connect, each until its timeout, before it counts as gone.
     */
    private boolean isNewIncident(long startNanos, @Nullable Object cause, boolean stall) {
        Incident last = lastIncident.get();
        long now = System.nanoTime();
        boolean same = last != null
                && (startNanos - last.notedNanos() < 0
                        || (cause != null && cause == last.cause() && now - last.notedNanos() < LOSS_NANOS)
                        || (stall && now - last.notedNanos() < STALL_NANOS));
        return !same && lastIncident.compareAndSet(last, new Incident(now, cause));
    }
}
