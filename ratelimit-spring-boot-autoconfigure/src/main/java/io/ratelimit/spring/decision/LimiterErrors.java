package io.ratelimit.spring.decision;

import io.ratelimit.store.WarningBudget;
import java.time.Duration;
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

    private final LimiterErrorListener listener;
    private final Map<LimiterError, Line> lines = new EnumMap<>(LimiterError.class);

    /**
     * Starts to count.
     *
     * @param listener is told of each failure
     * @param nanoTime a clock like {@link System#nanoTime()}
     */
    public LimiterErrors(LimiterErrorListener listener, LongSupplier nanoTime) {
        this.listener = listener;
        for (LimiterError error : LimiterError.values()) {
            lines.put(error, new Line(new WarningBudget(Duration.ofMinutes(1), nanoTime), new AtomicLong()));
        }
    }

    /** When the next line may be written, and the failures since the last one. */
    private record Line(WarningBudget warnings, AtomicLong failures) {}

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
        if (line.warnings().spend()) {
            log.warn(
                    "Rate limiting met a failure ({}) at {}: {}; {} since the last such line. Details at DEBUG",
                    error.id(),
                    where,
                    cause == null ? "no usable value" : cause.getClass().getName(),
                    line.failures().getAndSet(0));
        }
    }
}
