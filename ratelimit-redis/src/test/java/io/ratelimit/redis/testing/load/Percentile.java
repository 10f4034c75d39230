package io.ratelimit.redis.testing.load;

import java.time.Duration;
import java.util.stream.LongStream;

final class Percentile {
    private Percentile() {}

    /** Returns the smallest of the times that is not exceeded by this part of them; zero if there are none. */
    static Duration of(double part, LongStream nanos) {
        long[] sorted = nanos.sorted().toArray();
        int index = (int) Math.ceil(part * sorted.length) - 1;
        return Duration.ofNanos(sorted.length == 0 ? 0 : sorted[Math.max(0, index)]);
    }
}
