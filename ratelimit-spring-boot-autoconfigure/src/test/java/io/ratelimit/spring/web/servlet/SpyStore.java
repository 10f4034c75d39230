package io.ratelimit.spring.web.servlet;

import io.ratelimit.limit.Decision;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Tells of every operation once it has been carried out. */
final class SpyStore implements LimitStore {
    private final LimitStore store;
    private final Consumer<Operation> done;

    SpyStore(LimitStore store, Consumer<Operation> done) {
        this.store = store;
        this.done = done;
    }

    @Override
    public CompletionStage<Decision> execute(Operation operation) {
        return store.execute(operation).whenComplete((decision, failure) -> done.accept(operation));
    }

    @Override
    public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
        return store.executeAll(operations).whenComplete((decisions, failure) -> operations.forEach(done));
    }

    @Override
    public void close() {
        store.close();
    }
}
