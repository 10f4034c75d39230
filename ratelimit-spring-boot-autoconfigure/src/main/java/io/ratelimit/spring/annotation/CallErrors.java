package io.ratelimit.spring.annotation;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of failures around limited calls and logs them: of each kind at most one line a minute, however many calls fail. The
 * lines name the class of an exception but not its message, which may hold an argument.
 */
final class CallErrors {
    private static final Logger log = LoggerFactory.getLogger(CallErrors.class);
    private static final long QUIET_NANOS = 60_000_000_000L;

    private final Supplier<CallErrorListener> listener;
    private final Map<CallError, AtomicLong> nextLine = new EnumMap<>(CallError.class);

    CallErrors(Supplier<CallErrorListener> listener) {
        this.listener = listener;
        long now = System.nanoTime();
        for (CallError error : CallError.values()) {
            nextLine.put(error, new AtomicLong(now));
        }
    }

    void report(CallError error, Throwable cause) {
        try {
            listener.get().failed(error, cause);
        } catch (RuntimeException broken) {
            log.debug("A listener failed; nothing else depends on it", broken);
        }
        log.debug("A limited call met a failure ({})", error.id(), cause);
        AtomicLong due = Objects.requireNonNull(nextLine.get(error));
        long now = System.nanoTime();
        long next = due.get();
        if (now - next >= 0 && due.compareAndSet(next, now + QUIET_NANOS)) {
            log.warn(
                    "A limited call met a failure ({}): {}. Details at DEBUG; the next such line in a minute at the"
                            + " earliest",
                    error.id(),
                    cause.getClass().getName());
        }
    }
}
