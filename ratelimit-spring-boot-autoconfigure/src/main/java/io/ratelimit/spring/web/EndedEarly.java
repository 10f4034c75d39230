package io.ratelimit.spring.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.ratelimit.identity.Identity;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Remembers under which rules whose requests have lately been answered by what authenticates, and not by the application: for
 * as long as what they were charged counts. Their next requests are decided before they get there.
 *
 * <p>In bounded memory: who is forgotten too soon is charged once more before it is remembered again. Safe for any number of
 * threads.
 */
final class EndedEarly {
    private static final int MOST = 100_000;
    private static final Duration LONGEST = Duration.ofDays(1);

    private final LongSupplier nanoTime;
    private final Cache<Past, Long> until =
            Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(LONGEST).build();

    EndedEarly(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    private record Past(String rule, Identity identity) {}

    /** Notes that a request ended early. What it was charged counts for so long. */
    void add(String rule, Identity identity, Duration counts) {
        long now = nanoTime.getAsLong();
        long end = now + (counts.compareTo(LONGEST) < 0 ? counts : LONGEST).toNanos();
        until.asMap().merge(new Past(rule, identity), end, (one, other) -> one - other > 0 ? one : other);
    }

    boolean isEmpty() {
        return until.estimatedSize() == 0;
    }

    boolean contains(String rule, Identity identity) {
        Long end = until.getIfPresent(new Past(rule, identity));
        return end != null && end - nanoTime.getAsLong() > 0;
    }
}
