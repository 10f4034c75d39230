package io.ratelimit.spring.configuration;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Limit;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
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
                .filter(limit -> limit.fillTime().compareTo(maxDelay) > 0)
                .findFirst()
                .ifPresent(limit -> {
                    String wait = text(limit.fillTime());
                    problems.add(
                            property + ".max-delay",
                            text(maxDelay),
                            "the full queue of the leaky bucket " + limit + " waits " + wait,
                            "at least " + wait + ", or a smaller burst",
                            wait);
                });
    }

    /** Rounds up to milliseconds, so that what is advised is enough. */
    private static String text(Duration exact) {
        Duration duration = exact.plusNanos(999_999).truncatedTo(ChronoUnit.MILLIS);
        return duration.toMillisPart() == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }
}
