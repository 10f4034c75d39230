package io.ratelimit.limit;

/**
 * What one counter says to one demand, in the ticks of its limit.
 *
 * @param allowed whether the counter has the permits asked for
 * @param remaining the whole permits left after the operation, from 0
 * @param retryAfter the ticks until the same demand is admitted if nobody else comes; 0 if allowed, {@link #NEVER} if no
 *     waiting helps
 * @param resetAfter the ticks until the counter equals a fresh one
 * @param delay the ticks that an admitted request waits for its turn; 0 for all but the leaky bucket
 * @param at the tick at which it was decided, which is never before the counter's last change
 */
public record Verdict(boolean allowed, long remaining, long retryAfter, long resetAfter, long delay, long at) {
    /** The {@link #retryAfter()} of a demand that no waiting helps; longer than any other. */
    public static final long NEVER = Long.MAX_VALUE;

    /** Returns whether no waiting helps. */
    public boolean never() {
        return retryAfter == NEVER;
    }
}
