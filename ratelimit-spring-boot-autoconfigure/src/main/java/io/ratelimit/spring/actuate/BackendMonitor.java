package io.ratelimit.spring.actuate;

import io.ratelimit.RateLimitListener;
import io.ratelimit.RuleDecision;
import io.ratelimit.failover.FailureListener;
import io.ratelimit.limit.Source;
import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows from the decisions themselves how the backend is doing, and logs when that changes: one line per transition, and at
 * most one pair of lines in ten seconds.
 *
 * <p>Safe for any number of threads; costs a decision a few volatile writes.
 */
public final class BackendMonitor implements RateLimitListener, FailureListener {
    private static final Logger log = LoggerFactory.getLogger(BackendMonitor.class);
    private static final long QUIET_NANOS = Duration.ofSeconds(10).toNanos();
    /** Old news says nothing, and a health that depended on it would keep away the traffic that could renew it. */
    private static final long NEWS_NANOS = Duration.ofSeconds(10).toNanos();

    private final String backend;
    private final LongSupplier nanoTime;
    private final AtomicBoolean failing = new AtomicBoolean();
    private final AtomicBoolean told = new AtomicBoolean();
    private final AtomicLong quietUntil;
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
        this.quietUntil = new AtomicLong(nanoTime.getAsLong());
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
            recovered();
        }
    }

    @Override
    public void failed(StoreException failure) {
        if (!failing.compareAndSet(false, true)) {
            return;
        }
        long now = nanoTime.getAsLong();
        long from = quietUntil.get();
        if (now - from >= 0 && quietUntil.compareAndSet(from, now + QUIET_NANOS)) {
            told.set(true);
            log.warn(
                    "The rate limit backend {} fails ({}): {}. Each rule's on-failure decides until it is back",
                    backend,
                    failure.kind().id(),
                    failure.getMessage());
        }
    }

    private void recovered() {
        if (failing.get() && failing.compareAndSet(true, false) && told.compareAndSet(true, false)) {
            log.info("The rate limit backend {} decides again", backend);
        }
    }
}
