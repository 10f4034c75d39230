package io.ratelimit.spring.autoconfigure;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Limit;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Checks that nobody waits in a leaky bucket longer than its rule allows. */
final class DelayCheck {
    private final Problems problems;

    DelayCheck(Problems problems) {
        this.problems = problems;
    }

    void check(String property, Duration maxDelay, List<Limit> own, Map<String, List<Limit>> tierLimits) {
        Stream.concat(own.stream(), tierLimits.values().stream().flatMap(List::stream))
                .filter(limit -> limit.algorithm() == Algorithm.LEAKY_BUCKET)
                .filter(limit -> fullQueueWait(limit).compareTo(maxDelay) > 0)
                .findFirst()
                .ifPresent(limit -> {
                    String wait = text(fullQueueWait(limit));
                    problems.add(
                            property + ".max-delay",
                            text(maxDelay),
                            "the full queue of the leaky bucket " + limit + " waits " + wait,
                            "at least " + wait + ", or a smaller burst",
                            wait);
                });
    }

    /** The time in which a full bucket drains: burst * window / permits, rounded up to milliseconds. */
    private static Duration fullQueueWait(Limit limit) {
        BigInteger permits = BigInteger.valueOf(limit.permits());
        BigInteger millis = BigInteger.valueOf(limit.capacity())
                .multiply(BigInteger.valueOf(limit.window().toMillis()))
                .add(permits)
                .subtract(BigInteger.ONE)
                .divide(permits);
        return Duration.ofMillis(millis.longValueExact());
    }

    private static String text(Duration duration) {
        return duration.toMillisPart() == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }
}
