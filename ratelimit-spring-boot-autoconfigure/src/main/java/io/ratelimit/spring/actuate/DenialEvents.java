package io.ratelimit.spring.actuate;

import io.ratelimit.RateLimitListener;
import io.ratelimit.RuleDecision;
import io.ratelimit.RuleDecision.PerRule;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.Source;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Publishes a sample of the denials. Safe for any number of threads. */
public final class DenialEvents implements RateLimitListener, AutoCloseable {
    private static final long SAMPLE_NANOS = Duration.ofSeconds(1).toNanos();

    private final Consumer<RateLimitDeniedEvent> publisher;
    private final Executor executor;
    private final LongSupplier nanoTime;
    private final Map<String, Sample> samples = new ConcurrentHashMap<>();

    private record Sample(AtomicLong from, AtomicLong denials) {}

    /**
     * Publishes on a thread of its own, which lives while there is something to publish.
     *
     * @param publisher takes the events, such as {@code applicationEventPublisher::publishEvent}
     * @param loader the class loader of the application, which that thread has; {@code null} for none
     */
    public static DenialEvents publishing(Consumer<RateLimitDeniedEvent> publisher, @Nullable ClassLoader loader) {
        return new DenialEvents(
                publisher, new EventThread(loader, new ThreadPoolExecutor.DiscardPolicy()), System::nanoTime);
    }

    DenialEvents(Consumer<RateLimitDeniedEvent> publisher, Executor executor, LongSupplier nanoTime) {
        this.publisher = publisher;
        this.executor = executor;
        this.nanoTime = nanoTime;
    }

    @Override
    public void decided(RuleDecision decision, Duration took) {
        if (decision.decision().allowed()) {
            return;
        }
        for (PerRule rule : decision.rules()) {
            if (!rule.shadow() && !rule.allowed()) {
                denied(rule, decision.decision().source());
            }
        }
    }

    private void denied(PerRule rule, Source source) {
        String id = rule.demand().rule().id();
        Sample sample = samples.computeIfAbsent(
                id, unused -> new Sample(new AtomicLong(nanoTime.getAsLong()), new AtomicLong()));
        sample.denials().incrementAndGet();
        long now = nanoTime.getAsLong();
        long from = sample.from().get();
        if (now - from >= 0 && sample.from().compareAndSet(from, now + SAMPLE_NANOS)) {
            RateLimitDeniedEvent event = event(rule, source, sample.denials().getAndSet(0));
            executor.execute(() -> publisher.accept(event));
        }
    }

    private static RateLimitDeniedEvent event(PerRule rule, Source source, long denials) {
        LimitDecision denying = rule.limits().stream()
                .filter(limit -> !limit.allowed())
                .findFirst()
                .orElseThrow();
        return new RateLimitDeniedEvent(
                rule.demand().rule().id(),
                rule.demand().owner(),
                denying.limit(),
                denying.retryAfter(),
                source,
                denials);
    }

    @Override
    public void close() {
        if (executor instanceof EventThread own) {
            own.close();
        }
    }
}
