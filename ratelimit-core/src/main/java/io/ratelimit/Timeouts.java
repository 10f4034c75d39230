package io.ratelimit;

import io.ratelimit.store.CleanThreads;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs something later, unless it is called off. */
@FunctionalInterface
interface Timeouts {
    /** The JVM's own timer thread; holds up no shutdown. */
    Timeouts SYSTEM = (delay, action) -> {
        CleanThreads.forTimeouts();
        CompletableFuture<Void> timer = new CompletableFuture<>();
        var unused = timer.completeOnTimeout(null, delay.toNanos(), TimeUnit.NANOSECONDS)
                .thenRun(action);
        return () -> timer.cancel(false);
    };

    /** Returns how to call the action off. */
    Runnable schedule(Duration delay, Runnable action);
}
