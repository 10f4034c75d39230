package io.ratelimit.spring.web.servlet;

import io.ratelimit.limit.Decision;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Fails every operation in the same way. */
final class BrokenStore implements LimitStore {
    private final Supplier<CompletionStage<List<Decision>>> failure;

    BrokenStore(Supplier<CompletionStage<List<Decision>>> failure) {
        this.failure = failure;
    }

    @Override
    public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
        return failure.get();
    }

    @Override
    public void close() {}
}
