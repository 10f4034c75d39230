package io.ratelimit.spring.web;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Grant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When it is a request's turn to leave the leaky buckets that it is in. */
final class Turn {
    private @Nullable Place place;

    /**
     * A request's places in its queues.
     *
     * @param decision the last decision that makes it wait
     * @param grants what the places cost
     * @param atNanos when its turn comes, on the monotonic clock
     */
    record Place(Decision decision, List<Grant> grants, long atNanos) {
        Place {
            grants = List.copyOf(grants);
        }

        /** Returns how long to wait from now on. */
        Duration remaining(long nowNanos) {
            return Duration.ofNanos(Math.max(0, atNanos - nowNanos));
        }
    }

    /** Queues the request, if the decision makes it wait. */
    void queue(Decision decision, long nowNanos) {
        if (decision.delay().isZero()) {
            return;
        }
        long at = nowNanos + decision.delay().toNanos();
        Place before = place;
        if (before == null) {
            place = new Place(decision, decision.grants(), at);
        } else {
            List<Grant> grants = new ArrayList<>(before.grants());
            grants.addAll(decision.grants());
            place = new Place(decision, grants, before.atNanos() - at > 0 ? before.atNanos() : at);
        }
    }

    @Nullable
    Place place() {
        return place;
    }

    /** Ends the waiting, one way or the other. Returns what the request waited for; {@code null} if it did not. */
    @Nullable
    Place end() {
        Place ended = place;
        place = null;
        return ended;
    }
}
