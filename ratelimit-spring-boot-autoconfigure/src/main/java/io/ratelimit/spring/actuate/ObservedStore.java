package io.ratelimit.spring.actuate;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.ratelimit.limit.Decision;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreStatus;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A store each of whose acquisitions is an observation named {@code ratelimit.acquire}, and so a span where tracing is on.
 * Its tags are the backend, the outcome and the source; no key and no identity.
 */
public final class ObservedStore implements LimitStore {
    private static final String NAME = "ratelimit.acquire";

    private final LimitStore store;
    private final ObservationRegistry registry;
    private final String backend;

    /**
     * Creates a store around another.
     *
     * @param store who decides; closed by its owner
     * @param registry where observations go
     * @param backend the name of the backend, such as {@code redis}
     */
    public ObservedStore(LimitStore store, ObservationRegistry registry, String backend) {
        this.store = store;
        this.registry = registry;
        this.backend = backend;
    }

    @Override
    public CompletionStage<Decision> execute(Operation operation) {
        if (!(operation instanceof Operation.Acquire)) {
            return store.execute(operation);
        }
        Observation observation = Observation.createNotStarted(NAME, registry)
                .contextualName("ratelimit acquire")
                .lowCardinalityKeyValue("backend", backend)
                .start();
        try {
            return store.execute(operation).whenComplete((decision, failure) -> end(observation, decision, failure));
        } catch (RuntimeException defect) {
            observation.error(defect).stop();
            throw defect;
        }
    }

    private static void end(Observation observation, Decision decision, Throwable failure) {
        if (failure == null) {
            observation
                    .lowCardinalityKeyValue("outcome", decision.allowed() ? "allowed" : "denied")
                    .lowCardinalityKeyValue("source", decision.source().id());
        } else {
            observation
                    .error(failure)
                    .lowCardinalityKeyValue("outcome", "failed")
                    .lowCardinalityKeyValue("source", "none");
        }
        observation.stop();
    }

    @Override
    public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
        return store.executeAll(operations);
    }

    @Override
    public StoreStatus status() {
        return store.status();
    }

    /** Does nothing: the store is its owner's to close. */
    @Override
    public void close() {}
}
