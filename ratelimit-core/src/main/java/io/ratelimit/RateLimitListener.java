package io.ratelimit;

import java.time.Duration;

/**
 * Is told of every decision on the thread that made it, which may be one of the network client's: it must not block.
 * What it throws is logged at DEBUG and has no other effect.
 */
@FunctionalInterface
public interface RateLimitListener {
    /**
     * A request was decided.
     *
     * @param decision the decision and what each rule said
     * @param took the time from the question to the answer
     */
    void decided(RuleDecision decision, Duration took);
}
