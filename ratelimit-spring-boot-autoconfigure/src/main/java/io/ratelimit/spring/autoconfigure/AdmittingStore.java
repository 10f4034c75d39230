package io.ratelimit.spring.autoconfigure;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.Verdict;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Admits everything and counts nothing, for an application in which limits are switched off. */
final class AdmittingStore implements LimitStore {
    @Override
    public CompletionStage<List<Decision>> executeAll(List<Operation> operations) {
        return CompletableFuture.completedFuture(
                operations.stream().map(AdmittingStore::admitted).toList());
    }

    private static Decision admitted(Operation operation) {
        if (operation instanceof Operation.Acquire acquire) {
            return Decision.of(admitted(acquire.demands()), admitted(acquire.shadow()));
        }
        if (operation instanceof Operation.Peek peek) {
            return Decision.of(admitted(peek.demands()), admitted(peek.shadow()));
        }
        if (operation instanceof Operation.Charge charge) {
            return Decision.of(admitted(charge.demands()), List.of());
        }
        if (operation instanceof Operation.Refund refund) {
            return Decision.of(
                    admitted(refund.grants().stream().map(Grant::demand).toList()), List.of());
        }
        return Decision.of(admitted(((Operation.Reset) operation).demands()), List.of());
    }

    private static List<LimitDecision> admitted(List<Demand> demands) {
        return demands.stream()
                .map(demand -> new LimitDecision(
                        demand, new Verdict(true, demand.limit().capacity(), 0, 0, 0, 0), Source.NONE))
                .toList();
    }

    @Override
    public void close() {}
}
