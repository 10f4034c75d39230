package io.ratelimit.spring.annotation;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;

/** A call whose turn comes later and whose result is a stage: no thread waits for it. */
final class DelayedCall implements Runnable {
    private final MethodInvocation call;
    private final CompletableFuture<@Nullable Object> result = new CompletableFuture<>();

    /** Set once: by run(), which then makes the call, or by the end of the result, upon which the permits go back. */
    private final AtomicBoolean settled = new AtomicBoolean();

    private DelayedCall(MethodInvocation call) {
        this.call = call;
    }

    /**
     * Promises the result of a call.
     *
     * @param giveBack returns the permits if the call does not happen, because nobody wants its result any more or there is
     *     no thread for it
     */
    static CompletableFuture<@Nullable Object> start(
            ProxyMethodInvocation invocation, Duration delay, CallTurn turn, Runnable giveBack) {
        // A copy: the original belongs to the thread that is about to leave it.
        DelayedCall delayed = new DelayedCall(invocation.invocableClone());
        delayed.whenGivenUp(delayed.result, giveBack);
        try {
            turn.later(delay, delayed, delayed.result::completeExceptionally);
        } catch (RuntimeException | Error defect) {
            delayed.result.completeExceptionally(defect);
        }
        return delayed.result;
    }

    private void whenGivenUp(CompletionStage<?> ended, Runnable giveBack) {
        ended.whenComplete((value, failure) -> {
            if (settled.compareAndSet(false, true)) {
                giveBack.run();
            }
        });
    }

    @Override
    public void run() {
        if (!settled.compareAndSet(false, true)) {
            return;
        }
        try {
            Object returned = call.proceed();
            if (returned instanceof CompletionStage<?> stage) {
                stage.whenComplete(this::pass);
            } else {
                result.complete(returned);
            }
        } catch (Throwable thrown) {
            // An error too: nobody else would ever hear of it.
            result.completeExceptionally(thrown);
        }
    }

    private void pass(@Nullable Object value, @Nullable Throwable failure) {
        if (failure == null) {
            result.complete(value);
        } else {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            result.completeExceptionally(cause == null ? failure : cause);
        }
    }
}
