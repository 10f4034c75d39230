package io.ratelimit.failover;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Grant;
import io.ratelimit.limit.Key;
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
    private final Function<Key, @Nullable CompletableFuture<?>> charging;

    /**
     * @param charging returns what ends with the charge of a key's debts that is under way; {@code null} if there is none
     */
    RefundRoute(
            Function<Operation, CompletionStage<Decision>> primary,
            Fallback fallback,
            FailureDecider failureDecider,
            Function<Key, @Nullable CompletableFuture<?>> charging) {
        this.charging = charging;
        this.primary = primary;
        this.fallback = fallback;
        this.failureDecider = failureDecider;
    }

    /** Gives back at once, or when it is certain which store has what: after the charges of what the fallback admitted. */
    CompletionStage<Decision> execute(Operation.Refund refund) {
        for (Grant grant : refund.grants()) {
            CompletableFuture<?> charge = grant.source().equals(Source.FALLBACK)
                    ? charging.apply(grant.demand().key())
                    : null;
            if (charge != null) {
                return charge.handle((done, failure) -> refund).thenCompose(this::execute);
            }
        }
        return giveBack(refund);
    }

    private CompletionStage<Decision> giveBack(Operation.Refund refund) {
        List<Grant> grants = refund.grants();
        Answers answers = new Answers(grants.size());
        List<Integer> byPrimary = new ArrayList<>();
        List<Integer> byFallback = new ArrayList<>();
        for (int i = 0; i < grants.size(); i++) {
            Grant grant = grants.get(i);
            if (grant.source().equals(Source.FALLBACK)) {
                // Once charged to the store, it is the store's to give back.
                (fallback.holds(grant.demand()) ? byFallback : byPrimary).add(i);
            } else if (!grant.source().counts()) {
                answers.put(i, failureDecider.admit(grant.demand()));
            } else {
                byPrimary.add(i);
            }
        }
        if (!byFallback.isEmpty()) {
            answers.put(byFallback, fallback.refund(chosen(grants, byFallback)));
        }
        if (byPrimary.isEmpty()) {
            return CompletableFuture.completedFuture(answers.decision());
        }
        return primary.apply(new Operation.Refund(chosen(grants, byPrimary))).thenApply(there -> {
            answers.put(byPrimary, there);
            return answers.decision();
        });
    }

    private static List<Grant> chosen(List<Grant> grants, List<Integer> positions) {
        return positions.stream().map(grants::get).toList();
    }

    /** The answers in the order of the grants, whoever gave them. */
    private static final class Answers {
        private final LimitDecision[] byPosition;

        Answers(int size) {
            this.byPosition = new LimitDecision[size];
        }

        void put(int position, LimitDecision answer) {
            byPosition[position] = answer;
        }

        void put(List<Integer> positions, Decision answer) {
            for (int i = 0; i < positions.size(); i++) {
                put(positions.get(i), answer.limits().get(i));
            }
        }

        Decision decision() {
            return Decision.of(List.of(byPosition), List.of());
        }
    }
}
