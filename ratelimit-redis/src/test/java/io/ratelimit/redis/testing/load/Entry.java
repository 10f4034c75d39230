package io.ratelimit.redis.testing.load;

/**
 * What became of one request.
 *
 * @param key whose quota it asked for
 * @param window which window its permit was taken from, as far as the answer tells; any number otherwise
 * @param outcome whether it was admitted
 * @param status the HTTP status; 0 if there was none
 * @param source who decided, as a decision or meter names it; empty if that is not known
 * @param begunAtNanos when it was sent, by {@link System#nanoTime()}
 * @param tookNanos how long it took
 */
public record Entry(
        String key, long window, Outcome outcome, int status, String source, long begunAtNanos, long tookNanos) {

    /** What a request was told. */
    public enum Outcome {
        /** It was let through. */
        ADMITTED,
        /** It was told to come back later. */
        DENIED,
        /** It got an error or no answer: it may have been counted or not. */
        UNKNOWN
    }

    /** Returns when it was answered, by {@link System#nanoTime()}. */
    public long endedAtNanos() {
        return begunAtNanos + tookNanos;
    }
}
