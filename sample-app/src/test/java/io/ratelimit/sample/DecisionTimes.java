package io.ratelimit.sample;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How long decisions took up to one moment, measured within the limiters of some processes.
 *
 * @param upTo how many took no longer than so many seconds; the last bound is infinite
 */
record DecisionTimes(NavigableMap<Double, Double> upTo) {
    private static final String BUCKETS = "ratelimit_decision_seconds_bucket";
    private static final double PART = 0.99;

    static DecisionTimes of(List<SampleProcess> processes) throws IOException {
        NavigableMap<Double, Double> upTo = new TreeMap<>();
        for (SampleProcess process : processes) {
            Meters.of(process)
                    .byTag(BUCKETS, "le")
                    .forEach((bound, count) -> upTo.merge(
                            bound.equals("+Inf") ? Double.MAX_VALUE : Double.parseDouble(bound), count, Double::sum));
        }
        return new DecisionTimes(upTo);
    }

    /** Returns the smallest bound that 99 of 100 decisions since then did not exceed. */
    Duration p99Since(DecisionTimes earlier) {
        double all = upTo.lastEntry().getValue() - earlier.upTo.getOrDefault(upTo.lastKey(), 0.0);
        for (var bucket : upTo.entrySet()) {
            double within = bucket.getValue() - earlier.upTo.getOrDefault(bucket.getKey(), 0.0);
            if (within >= PART * all) {
                return bucket.getKey() == Double.MAX_VALUE
                        ? Duration.ofDays(1)
                        : Duration.ofMillis(Math.round(1_000 * bucket.getKey()));
            }
        }
        throw new IllegalStateException("A timer without an infinite bucket: " + upTo);
    }
}
