package io.ratelimit.spring.web;

import io.ratelimit.RuleDecision;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Grant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The permits of one request that only count if its response has certain statuses. Settled once, by whichever thread sees
 * the response complete.
 */
final class StatusCounts {
    private final List<Taken> open = new ArrayList<>();

    private record Taken(Set<Integer> countedStatuses, List<Grant> grants) {}

    /** Keeps what a decision took for rules that count by status. */
    synchronized void add(RuleDecision made) {
        Decision decision = made.decision();
        if (!decision.allowed()) {
            return;
        }
        for (RuleDecision.PerRule rule : made.rules()) {
            Set<Integer> statuses = rule.demand().rule().countedStatuses();
            boolean charged = !rule.limits().isEmpty() && (!rule.shadow() || decision.shadowAllowed());
            if (charged && !statuses.isEmpty()) {
                open.add(new Taken(
                        statuses,
                        rule.limits().stream()
                                .flatMap(limit -> limit.grant().stream())
                                .toList()));
            }
        }
    }

    /** Drops permits that have been given back for another reason. */
    synchronized void forget(List<Grant> givenBack) {
        open.removeIf(taken -> givenBack.containsAll(taken.grants()));
    }

    /** Returns what is to be given back because the status does not count, once. */
    synchronized List<Grant> settle(int status) {
        List<Grant> unused = new ArrayList<>();
        for (Taken taken : open) {
            if (!taken.countedStatuses().contains(status)) {
                unused.addAll(taken.grants());
            }
        }
        open.clear();
        return unused;
    }
}
