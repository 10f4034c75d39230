package io.ratelimit.limit;

import java.util.Arrays;
import java.util.stream.Collectors;

/** How the permits of a {@link Limit} are counted. The arithmetic is in {@code io.ratelimit.algorithm}. */
public enum Algorithm {
    /** Counts per window aligned to the epoch; admits at most twice the permits in any window. */
    FIXED_WINDOW("fixed-window", "fw", false),
    /** Remembers every admission; admits at most the permits in any window. Costs memory in proportion to the limit. */
    SLIDING_LOG("sliding-log", "sl", false),
    /** Weighs the previous window by its overlap; admits at most twice the permits in any window, close to once in even traffic. */
    SLIDING_COUNTER("sliding-counter", "sc", false),
    /** Refills evenly and lets a burst through; admits at most burst + t * permits / window in any time t. */
    TOKEN_BUCKET("token-bucket", "tb", true),
    /** A queue that drains evenly: an admitted request waits for its turn, and at most {@code burst} wait. */
    LEAKY_BUCKET("leaky-bucket", "lb", true);

    private final String id;
    private final String code;
    private final boolean bucket;

    Algorithm(String id, String code, boolean bucket) {
        this.id = id;
        this.code = code;
        this.bucket = bucket;
    }

    /** Returns the name used in configuration and metrics, such as {@code token-bucket}. */
    public String id() {
        return id;
    }

    /** Returns the two letters that stand for the algorithm in the name of a counter. */
    public String code() {
        return code;
    }

    /** Returns whether the algorithm has a burst, as the buckets do. */
    public boolean hasBurst() {
        return bucket;
    }

    /**
     * Returns the algorithm with this {@link #id()}.
     *
     * @throws IllegalArgumentException if there is none; the message lists those there are
     */
    public static Algorithm parse(String id) {
        for (Algorithm algorithm : values()) {
            if (algorithm.id.equals(id)) {
                return algorithm;
            }
        }
        throw new InvalidValueException(
                "algorithm",
                Quoted.text(id),
                "one of " + Arrays.stream(values()).map(Algorithm::id).collect(Collectors.joining(", ")));
    }

    @Override
    public String toString() {
        return id;
    }
}
