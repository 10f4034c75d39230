package io.ratelimit.failover;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.LimitDecision;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the store last said of each key, until the key's reset: with that, the fallback starts where the store stopped. */
final class LastDecisions {
    private final Cache<Key, Remaining> remaining;
    private final io.ratelimit.limit.Ticker ticker;

    LastDecisions(int maxKeys, io.ratelimit.limit.Ticker ticker) {
        this.ticker = ticker;
        Ticker nanos = () -> TimeUnit.MICROSECONDS.toNanos(ticker.epochMicros());
        this.remaining = Caffeine.newBuilder()
                .maximumSize(maxKeys)
                // Else a request may start a thread of the common pool, which inherits from it.
                .executor(Runnable::run)
                .ticker(nanos)
                .expireAfter(Expiry.<Key, Remaining>writing(
                        (key, last) -> Duration.of(last.untilMicros() - ticker.epochMicros(), ChronoUnit.MICROS)))
                .build();
    }

    /**
     * @param permits what remained
     * @param sinceMicros when that was said, in microseconds since the epoch on this process's clock
     * @param untilMicros the key's reset, on the same clock
     */
    record Remaining(long permits, long sinceMicros, long untilMicros) {
        /** Whether it holds: until the reset, unless the clock was set back so far that the reset would not come soon. */
        private boolean holdsAt(long nowMicros) {
            return nowMicros < untilMicros && sinceMicros - nowMicros <= untilMicros - sinceMicros;
        }
    }

    void record(Decision decision) {
        decision.limits().forEach(this::record);
        decision.shadow().forEach(this::record);
    }

    private void record(LimitDecision limit) {
        long resetAfter =
                limit.verdict().resetAfter() * limit.limit().tickUnit().micros();
        if (resetAfter > 0) {
            long now = ticker.epochMicros();
            remaining.put(limit.demand().key(), new Remaining(limit.remaining(), now, now + resetAfter));
        } else {
            remaining.invalidate(limit.demand().key());
        }
    }

    void forget(List<Key> keys) {
        remaining.invalidateAll(keys);
    }

    /** Returns what remained, if the key has not been reset since. */
    @Nullable
    Remaining of(Key key) {
        Remaining last = remaining.getIfPresent(key);
        return last != null && last.holdsAt(ticker.epochMicros()) ? last : null;
    }
}
