package io.ratelimit.spring.decision;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts failures around decisions and logs them: of each kind at most one line a minute, however many requests fail.
 *
 * <p>The lines name the class of an exception but not its message, which may hold an identity.
 */
public final class LimiterErrors {
    private static final Logger log = LoggerFactory.getLogger(LimiterErrors.class);
    private static final long QUIET_NANOS = 60_000_000_000L;

    private final LimiterErrorListener listener;
    private final LongSupplier nanoTime;
    private final Map<LimiterError, Line> lines = new EnumMap<>(LimiterError.class);

    /**
     * Starts to count.
     *
     * @param listener is told of each failure
     * @param nanoTime a clock like {@link System#nanoTime()}
     */
    public LimiterErrors(LimiterErrorListener listener, LongSupplier nanoTime) {
        this.listener = listener;
        this.nanoTime = nanoTime;
        long start = nanoTime.getAsLong();
        for (LimiterError error : LimiterError.values()) {
            lines.put(error, new Line(new AtomicLong(start), new AtomicLong()));
        }
    }

    /** The moment from which the next line may be written, and the failures since the last one. */
    private record Line(AtomicLong from, AtomicLong failures) {}

    /**
     * Notes a failure.
     *
     * @param error what failed
     * @param where in which part of the configuration or of a request
     * @param cause what was thrown; {@code null} if a value was missing or unusable
     */
    public void report(LimiterError error, String where, @Nullable Throwable cause) {
        try {
            listener.failed(error, cause);
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError broken) {
            log.debug("A listener failed; nothing else depends on it", broken);
        }
        log.debug("{} failed at {}", error, where, cause);
        Line line = lines.get(error);
        if (line == null) {
            return;
        }
        line.failures().incrementAndGet();
        long now = nanoTime.getAsLong();
        long from = line.from().get();
        if (now - from >= 0 && line.from().compareAndSet(from, now + QUIET_NANOS)) {
            log.warn(
                    "Rate limiting met a failure ({}) at {}: {}; {} since the last such line. Details at DEBUG",
                    error.id(),
                    where,
                    cause == null ? "no usable value" : cause.getClass().getName(),
                    line.failures().getAndSet(0));
        }
    }
}
