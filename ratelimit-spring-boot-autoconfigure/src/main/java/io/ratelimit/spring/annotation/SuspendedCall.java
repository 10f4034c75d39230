package io.ratelimit.spring.annotation;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.aop.ProxyMethodInvocation;
import reactor.core.publisher.Mono;

/** Delays calls of suspend functions. Inside a proxy Spring takes and gives a {@link Mono} for what such a function yields. */
final class SuspendedCall {
    private SuspendedCall() {}

    /**
     * Promises the result of a call. The coroutine is suspended meanwhile, and goes on where its dispatcher says.
     *
     * @param giveBack returns the permits if the call does not happen, because the coroutine was cancelled or there is no thread
     *     to wake it
     */
    static Object start(ProxyMethodInvocation invocation, Duration delay, CallTurn turn, Runnable giveBack) {
        // A copy: the original belongs to the thread that is about to leave it.
        MethodInvocation call = invocation.invocableClone();
        CompletableFuture<@Nullable Void> itsTurn = new CompletableFuture<>();
        whenGivenUp(itsTurn, giveBack);
        try {
            turn.later(delay, () -> itsTurn.complete(null), itsTurn::completeExceptionally);
        } catch (RuntimeException | Error defect) {
            itsTurn.completeExceptionally(defect);
        }
        return Mono.fromFuture(itsTurn).then(Mono.defer(() -> proceed(call)));
    }

    private static void whenGivenUp(CompletionStage<?> itsTurn, Runnable giveBack) {
        itsTurn.whenComplete((nothing, givenUp) -> {
            if (givenUp != null) {
                giveBack.run();
            }
        });
    }

    private static Mono<Object> proceed(MethodInvocation call) {
        try {
            Object result = call.proceed();
            return result instanceof Publisher<?> later ? Mono.from(later) : Mono.justOrEmpty(result);
        } catch (Throwable thrown) {
            return Mono.error(thrown);
        }
    }
}
