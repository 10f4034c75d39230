package io.ratelimit.spring.actuate;

import io.ratelimit.RateLimitListener;
import io.ratelimit.RuleDecision;
import io.ratelimit.limit.Source;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows from the decisions themselves who answers.
 *
 * <p>Safe for any number of threads; costs a decision a few volatile writes.
 */
public final class BackendMonitor implements RateLimitListener {
    /** Old news says nothing, and a health that depended on it would keep away the traffic that could renew it. */
    private static final long NEWS_NANOS = Duration.ofSeconds(10).toNanos();

    private final String backend;
    private final LongSupplier nanoTime;
    private volatile @Nullable Duration latency;
    private volatile @Nullable News news;

    private record News(Serving serving, long atNanos) {}

    /** Who answers. */
    public enum Serving {
        /** The backend. */
        BACKEND,
        /** The local store, in place of the backend. */
        FALLBACK,
        /** Nobody counts: the rules' failure policies admit. */
        ADMITTING,
        /** Nobody counts: the failure policy of at least one rule denies. */
        DENYING
    }

    /**
     * Creates a monitor.
     *
     * @param backend the name of the backend, such as {@code redis}
     * @param nanoTime the monotonic clock, in nanoseconds
     */
    public BackendMonitor(String backend, LongSupplier nanoTime) {
        this.backend = backend;
        this.nanoTime = nanoTime;
    }

    /** Returns the name of the backend. */
    public String backend() {
        return backend;
    }

    /** Returns who answers, as far as the last ten seconds tell; the backend if they tell nothing. */
    public Serving serving() {
        News last = news;
        return last == null || nanoTime.getAsLong() - last.atNanos() > NEWS_NANOS ? Serving.BACKEND : last.serving();
    }

    /** Returns how long the last decision of the backend took; empty if there was none yet. */
    public Optional<Duration> latency() {
        return Optional.ofNullable(latency);
    }

    @Override
    public void decided(RuleDecision decision, Duration took) {
        Source source = decision.decision().source();
        if (source.equals(Source.FALLBACK)) {
            news = new News(Serving.FALLBACK, nanoTime.getAsLong());
        } else if (source.equals(Source.FAILURE_POLICY)) {
            Serving serving = decision.decision().allowed() ? Serving.ADMITTING : Serving.DENYING;
            news = new News(serving, nanoTime.getAsLong());
        } else if (!source.equals(Source.DENY_CACHE)) {
            latency = took;
            news = null;
        }
    }
}
