package io.ratelimit;

import io.ratelimit.limit.Decision;

/** A call was denied by a rate limit. Carries the decision, so that a handler can tell the caller when to come back. */
public final class RateLimitExceededException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Decision decision;

    /** Creates the exception for a denial. */
    public RateLimitExceededException(Decision decision) {
        super("Rate limit exceeded: " + decision.binding().limit() + ", "
                + decision.retryAfter().map(wait -> "retry after " + wait).orElse("no waiting helps"));
        this.decision = decision;
    }

    /** Returns the denial. Not kept when the exception is serialised. */
    public Decision decision() {
        return decision;
    }
}
