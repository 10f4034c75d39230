package io.ratelimit;

import io.ratelimit.limit.Decision;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A store that somebody else closes. */
record BorrowedStore(LimitStore store) implements LimitStore {
    @Override
    public CompletionStage<Decision> execute(Operation operation) {
        return store.execute(operation);
    }

    @Override
    public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
        return store.executeAll(operations);
    }

    @Override
    public void close() {
        // Its owner does.
    }
}
