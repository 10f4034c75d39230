package io.ratelimit.failover;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.Source;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Gives permits back to the store that they were taken from, which is not always the one that decides now. */
final class RefundRoute {
    private final Function<Operation, CompletionStage<Decision>> primary;
    private final LimitStore local;
    private final FailureDecider failureDecider;

    RefundRoute(
            Function<Operation, CompletionStage<Decision>> primary, LimitStore local, FailureDecider failureDecider) {
        this.primary = primary;
        this.local = local;
        this.failureDecider = failureDecider;
    }

    CompletionStage<Decision> execute(Operation.Refund refund) {
        List<Grant> byPrimary = new ArrayList<>();
        List<Grant> byFallback = new ArrayList<>();
        List<LimitDecision> byNobody = new ArrayList<>();
        for (Grant grant : refund.grants()) {
            if (grant.source().equals(Source.FALLBACK)) {
                byFallback.add(grant);
            } else if (grant.source().equals(Source.FAILURE_POLICY)) {
                byNobody.add(failureDecider.admit(grant.demand()));
            } else {
                byPrimary.add(grant);
            }
        }
        CompletionStage<Decision> given = byNobody.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.completedFuture(Decision.of(Source.FAILURE_POLICY, byNobody, List.of()));
        given = after(given, byFallback, local::execute);
        return after(given, byPrimary, primary);
    }

    private static CompletionStage<Decision> after(
            CompletionStage<Decision> before,
            List<Grant> grants,
            Function<Operation, CompletionStage<Decision>> store) {
        if (grants.isEmpty()) {
            return before;
        }
        return before.thenCombine(
                store.apply(new Operation.Refund(grants)),
                (first, second) -> first == null ? second : first.followedBy(second));
    }
}
