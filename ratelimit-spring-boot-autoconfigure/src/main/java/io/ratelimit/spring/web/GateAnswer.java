package io.ratelimit.spring.web;

import io.ratelimit.limit.Decision;
import java.time.Duration;

/** What the {@link RequestGate} says of a request at one of the points that it comes through. Immutable. */
public sealed interface GateAnswer {
    /** Returns what the client is told about its quota in any case. */
    QuotaHeaders headers();

    /**
     * The request goes on.
     *
     * @param headers what the client is told about its quota
     */
    record Admitted(QuotaHeaders headers) implements GateAnswer {
        static final Admitted UNCOUNTED = new Admitted(QuotaHeaders.NOTHING);
    }

    /**
     * The request goes on when it is its turn to leave a leaky bucket. A front that cannot hold it calls
     * {@link RequestGate#turnAway}.
     *
     * @param delay how long it has to wait from now on
     * @param decision the last decision that makes it wait
     * @param headers what the client is told about its quota
     */
    record Waiting(Duration delay, Decision decision, QuotaHeaders headers) implements GateAnswer {}

    /**
     * The request is refused.
     *
     * @param denial why
     * @param headers what the client is told about its quota
     */
    record Denied(RateLimitDenial denial, QuotaHeaders headers) implements GateAnswer {}
}
