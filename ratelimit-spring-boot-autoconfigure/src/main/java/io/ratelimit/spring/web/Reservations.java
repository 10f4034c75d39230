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
final class Reservations {
    private final List<Reservation> open = new ArrayList<>();

    private record Reservation(Set<Integer> countedStatuses, List<Grant> grants) {}

    /** Reserves what a decision took for rules that count by status. */
    synchronized void add(RuleDecision made) {
        Decision decision = made.decision();
        if (!decision.allowed()) {
            return;
        }
        for (RuleDecision.PerRule rule : made.rules()) {
            Set<Integer> statuses = rule.demand().rule().countedStatuses();
            boolean taken = !rule.limits().isEmpty() && (!rule.shadow() || decision.shadowAllowed());
            if (taken && !statuses.isEmpty()) {
                open.add(new Reservation(
                        statuses,
                        rule.limits().stream()
                                .flatMap(limit -> limit.grant().stream())
                                .toList()));
            }
        }
    }

    /** Drops the reservations of permits that have been given back for another reason. */
    synchronized void forget(List<Grant> givenBack) {
        open.removeIf(reservation -> givenBack.containsAll(reservation.grants()));
    }

    /** Ends all reservations. Returns what is to be given back because the status does not count. */
    synchronized List<Grant> settle(int status) {
        List<Grant> unused = new ArrayList<>();
        for (Reservation reservation : open) {
            if (!reservation.countedStatuses().contains(status)) {
                unused.addAll(reservation.grants());
            }
        }
        open.clear();
        return unused;
    }
}
