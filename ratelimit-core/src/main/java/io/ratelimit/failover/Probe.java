package io.ratelimit.failover;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.FailurePolicy;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Tries whether a store decides again, with a write of its own: a replica or a full server would answer a read. */
final class Probe {
    private static final Limit LIMIT = Limit.parse("1000000/1s");

    private final LimitStore store;
    private final Demand demand = new Demand(
            new Key(UUID.randomUUID().toString(), "probe:" + LIMIT.counterName()), LIMIT, 1, FailurePolicy.DENY);

    Probe(LimitStore store) {
        this.store = store;
    }

    CompletionStage<Decision> ask() {
        return store.execute(Operation.Charge.of(demand));
    }
}
