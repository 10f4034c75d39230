package io.ratelimit.failover;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.Ticker;
import io.ratelimit.store.CleanThreads;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.PiecewiseExecutor;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store that always answers: what its primary store cannot decide is decided by each limit's failure policy, and while
 * the primary is known to be slow or gone, nobody waits for it.
 *
 * <p>An outage gives nobody a fresh quota at either end. In an outage a key may use at most what the primary last said
 * remained and this instance's share of the limit; afterwards that is charged to the primary before the key's next decision
 * there. The bound for each outage, key and window: what remained at onset, plus the shares of all instances.
 *
 * <p>Any exception of the primary counts as a failure of it, also one that is a defect. Safe for any number of threads.
 */
public final class FailoverStore implements LimitStore {
    private static final Logger log = LoggerFactory.getLogger(FailoverStore.class);

    private static final double LARGEST_PART_OF_HEAP = 0.2;
    /** The counter that decides, the debt, and the key. */
    private static final long BYTES_PER_KEY = 600;

    private final LimitStore primary;
    private final Circuits circuits;
    private final Probe probe;
    private final PiecewiseExecutor pieces;
    private final LastDecisions last;
    private final Fallback fallback;
    private final FailureDecider failureDecider;
    private final RefundRoute refunds;
    private final Recovery recovery;
    private final MemoryStore counters;
    private final Shares shares;
    private final FailoverListener listener;
    private final FailureLog failures = new FailureLog(System::nanoTime);
    private final TransitionLog transitions;
    private final SteadyLosses losses;
    private volatile long lastLatencyNanos;

    private FailoverStore(Builder builder) {
        FailoverSettings settings = builder.settings;
        this.primary = builder.primary;
        this.listener = builder.listener;
        this.transitions = new TransitionLog(builder.logTime);
        this.losses = new SteadyLosses(settings, builder.logTime);
        int maxKeys = affordable(settings.maxKeys());
        this.counters = MemoryStore.withBoundedLogs(builder.ticker, maxKeys, Source.FALLBACK);
        this.last = new LastDecisions(maxKeys, builder.ticker);
        this.shares = new Shares(builder.instances);
        Debts debts = new Debts(maxKeys, builder.ticker);
        this.fallback = new Fallback(counters, last, shares, debts, builder.ticker);
        this.failureDecider = new FailureDecider(fallback, builder.ticker);
        this.probe = new Probe(primary);
        CleanThreads.run(Circuit::startTimer);
        this.circuits = new Circuits(settings, this::changed, this::probe);
        this.pieces = new PiecewiseExecutor(this::executeWhole, primary::shardOf);
        this.recovery = new Recovery(primary, circuits, debts, fallback, this::noteFailure);
        this.refunds = new RefundRoute(this::askPrimary, fallback, failureDecider, recovery::charging);
    }

    /** What only an outage needs must not take the memory that the application has to live in. */
    private static int affordable(int wantedKeys) {
        long fit = (long) (Runtime.getRuntime().maxMemory() * LARGEST_PART_OF_HEAP) / BYTES_PER_KEY;
        return (int) Math.max(1, Math.min(wantedKeys, fit));
    }

    /**
     * Starts a store around another.
     *
     * @param primary who decides normally; closed with this store
     */
    public static Builder around(LimitStore primary) {
        return new Builder(primary);
    }

    @Override
    public CompletionStage<Decision> execute(Operation operation) {
        return pieces.execute(operation);
    }

    @Override
    public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
        List<Key> keys = operations.stream()
                .flatMap(operation -> operation.keys().stream())
                .toList();
        if (pieces.isWhole(keys)
                && circuitOf(keys).isClosed()
                && recovery.isSettled()
                && operations.stream().noneMatch(Operation.Refund.class::isInstance)) {
            return askPrimary(operations, circuitOf(keys));
        }
        return pieces.executeAll(operations);
    }

    @Override
    public String shardOf(Key key) {
        return primary.shardOf(key);
    }

    /**
     * {@inheritDoc} Degraded while a circuit is not closed, and while calls are lost again and again although it is. The details are {@code circuit} (the circuit's state), {@code
     * instances} (how many share the limits, if that is known), {@code failing} (why calls are lost while the circuit is
     * closed) and {@code latencyMillis} (how long the primary took for the
     * last call that it answered), and those of the primary.
     */
    @Override
    public StoreStatus status() {
        CircuitState circuit = circuitState();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("circuit", circuit.id());
        if (instances() > 0) {
            details.put("instances", instances());
        }
        if (lastLatencyNanos > 0) {
            details.put("latencyMillis", Math.round(lastLatencyNanos / 1_000.0) / 1_000.0);
        }
        Optional<StoreException> failing = losses.last();
        failing.ifPresent(failure -> details.put("failing", failure.kind().id()));
        StoreStatus inner = primary.status();
        details.putAll(inner.details());
        return new StoreStatus(circuit != CircuitState.CLOSED || failing.isPresent() || inner.degraded(), details);
    }

    /** Returns whether the primary is asked; of several shards, all of them. */
    public CircuitState circuitState() {
        return circuits.state();
    }

    /** Returns how many instances share the limits, as last known; 0 if that was never known. */
    public int instances() {
        return shares.known();
    }

    /** Returns how many counters the fallback holds. */
    public long fallbackKeys() {
        return counters.size();
    }

    /**
     * {@inheritDoc} What the primary is owed is charged before, unless it is slow or gone, which takes a second at most; then
     * the primary is closed.
     */
    @Override
    public void close() {
        try {
            recovery.close();
        } finally {
            circuits.close();
            primary.close();
        }
    }

    private CompletionStage<Decision> executeWhole(Operation operation) {
        return operation instanceof Operation.Refund refund ? refunds.execute(refund) : askPrimary(operation);
    }

    private Circuit circuitOf(List<Key> keys) {
        return circuits.of(primary.shardOf(keys.get(0)));
    }

    private CompletionStage<Decision> askPrimary(Operation operation) {
        circuits.forgetGone(probe::finds);
        Circuit circuit = circuitOf(operation.keys());
        if (!circuit.isClosed()) {
            return CompletableFuture.completedFuture(decideWithout(operation, true));
        }
        long start = System.nanoTime();
        return StoreException.guard(() -> recovery.execute(operation))
                .handle((decision, failure) -> failure == null
                        ? answered(operation, decision, circuit, start)
                        : lost(operation, StoreException.of(failure), circuit, start));
    }

    private CompletionStage<List<Decision>> askPrimary(List<Operation> operations, Circuit circuit) {
        long start = System.nanoTime();
        return StoreException.guard(() -> primary.executeAll(operations)).handle((decisions, failure) -> {
            StoreException known = Recovery.lost(decisions, failure, operations.size());
            if (known == null) {
                for (int i = 0; i < operations.size(); i++) {
                    answered(operations.get(i), decisions.get(i), circuit, start);
                }
                return decisions;
            }
            return operations.stream()
                    .map(operation -> lost(operation, known, circuit, start))
                    .toList();
        });
    }

    private Decision answered(Operation operation, Decision decision, Circuit circuit, long start) {
        if (circuit.isSlow(start)) {
            probe.remember(operation.keys().get(0));
        }
        circuit.succeeded(start);
        lastLatencyNanos = System.nanoTime() - start;
        last.record(decision);
        return decision;
    }

    /** What the store may have counted itself, or may still count, is not charged to it afterwards: never twice. */
    private Decision lost(Operation operation, StoreException failure, Circuit circuit, long start) {
        probe.remember(operation.keys().get(0));
        circuit.failed(failure, start);
        if (circuit.isClosed()) {
            losses.lost(failure);
        }
        noteFailure(failure);
        return decideWithout(operation, failure.fate() == StoreException.Fate.NOT_CARRIED_OUT);
    }

    private Decision decideWithout(Operation operation, boolean owed) {
        Decision decision = failureDecider.decide(operation);
        boolean takes = operation.kind() == Operation.Kind.ACQUIRE || operation.kind() == Operation.Kind.CHARGE;
        if (takes && owed) {
            fallback.owe(decision);
            recovery.awaken();
        }
        return decision;
    }

    private void probe(String shard) {
        long start = System.nanoTime();
        Circuit circuit = circuits.of(shard);
        probe.ask(shard)
                .ifPresentOrElse(
                        asked -> asked.whenComplete((decision, failure) -> probed(circuit, start, failure)),
                        () -> circuits.forget(shard));
    }

    private void probed(Circuit circuit, long start, @Nullable Throwable failure) {
        if (failure != null) {
            StoreException known = StoreException.of(failure);
            circuit.probeFailed(start, known);
            transitions.stillOpen(known);
            noteFailure(known);
        } else if (!circuit.probeSucceeded(start)) {
            transitions.stillOpen(null);
        }
    }

    private void changed(Circuits.Change change) {
        losses.forget();
        if (change.state() == CircuitState.OPEN) {
            transitions.opened(change.reason());
        } else {
            transitions.closed();
        }
        tell(heard -> heard.circuitChanged(change.state(), change.reason()));
    }

    private void noteFailure(StoreException failure) {
        failures.failed(failure);
        tell(heard -> heard.failed(failure));
    }

    private void tell(Consumer<FailoverListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException | LinkageError | AssertionError broken) {
            log.debug("A listener failed", broken);
        }
    }

    /** Collects the parts of a {@link FailoverStore}. Not safe for several threads. */
    public static final class Builder {
        private final LimitStore primary;
        private FailoverSettings settings = FailoverSettings.DEFAULTS;
        private IntSupplier instances = () -> 1;
        private Ticker ticker = Ticker.system();
        private FailoverListener listener = FailoverListener.NONE;
        private LongSupplier logTime = System::nanoTime;

        private Builder(LimitStore primary) {
            this.primary = Objects.requireNonNull(primary, "primary");
        }

        /** Sets when the primary counts as gone; default {@link FailoverSettings#DEFAULTS}. */
        public Builder settings(FailoverSettings failoverSettings) {
            this.settings = Objects.requireNonNull(failoverSettings, "failoverSettings");
            return this;
        }

        /**
         * Sets how many instances share the limits; asked for every decision of the fallback, and a number below 1 means
         * that it is not known. Default: one.
         */
        public Builder instances(IntSupplier count) {
            this.instances = Objects.requireNonNull(count, "count");
            return this;
        }

        /** Sets the clock of the fallback; default {@link Ticker#system()}. */
        public Builder ticker(Ticker clock) {
            this.ticker = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /** Sets who is told how the primary fares. */
        public Builder listener(FailoverListener failoverListener) {
            this.listener = Objects.requireNonNull(failoverListener, "failoverListener");
            return this;
        }

        /** Sets the clock, in nanoseconds, by which transitions are told and losses are steady; for tests. */
        Builder logTime(LongSupplier nanoTime) {
            this.logTime = Objects.requireNonNull(nanoTime, "nanoTime");
            return this;
        }

        /** Returns the store. */
        public FailoverStore build() {
            return new FailoverStore(this);
        }
    }
}
