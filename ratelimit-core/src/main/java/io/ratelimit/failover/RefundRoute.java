package io.ratelimit.failover;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.Source;
import io.ratelimit.store.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Gives permits back to the store that they were taken from, which is not always the one that decides now. */
final class RefundRoute {
    private final Function<Operation, CompletionStage<Decision>> primary;
    private final Fallback fallback;
    private final FailureDecider failureDecider;

    RefundRoute(
            Function<Operation, CompletionStage<Decision>> primary, Fallback fallback, FailureDecider failureDecider) {
        this.primary = primary;
        this.fallback = fallback;
        this.failureDecider = failureDecider;
    }

    CompletionStage<Decision> execute(Operation.Refund refund) {
        List<Grant> byPrimary = new ArrayList<>();
        List<Grant> byFallback = new ArrayList<>();
        List<LimitDecision> byNobody = new ArrayList<>();
        for (Grant grant : refund.grants()) {
            if (grant.source().equals(Source.FALLBACK)) {
                // Once charged to the store, it is the store's to give back.
                (fallback.holds(grant.demand()) ? byFallback : byPrimary).add(grant);
            } else if (grant.source().equals(Source.FAILURE_POLICY)) {
                byNobody.add(failureDecider.admit(grant.demand()));
            } else {
                byPrimary.add(grant);
            }
        }
        Decision here = byNobody.isEmpty() ? null : Decision.of(Source.FAILURE_POLICY, byNobody, List.of());
        if (!byFallback.isEmpty()) {
            here = after(here, fallback.refund(byFallback));
        }
        if (byPrimary.isEmpty()) {
            return CompletableFuture.completedFuture(here);
        }
        Decision given = here;
        return primary.apply(new Operation.Refund(byPrimary)).thenApply(there -> after(given, there));
    }

    private static Decision after(@Nullable Decision first, Decision second) {
        return first == null ? second : first.followedBy(second);
    }
}
