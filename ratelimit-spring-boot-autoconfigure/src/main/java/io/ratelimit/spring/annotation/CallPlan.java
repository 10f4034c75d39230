package io.ratelimit.spring.annotation;

import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * How calls of one method are limited.
 *
 * @param rules all of which have to admit a call; empty if the method is not limited
 * @param answer how the method gives its result
 */
record CallPlan(List<CallRule> rules, Answer answer) {
    /** How a method gives its result. */
    enum Answer {
        /** By returning: a call that is too early waits. */
        VALUE,
        /** By completing a stage: nobody has to wait for it. */
        STAGE,
        /** By resuming a coroutine: no thread has to wait for it. */
        COROUTINE
    }

    static CallPlan of(Method method, List<CallRule> rules) {
        return new CallPlan(rules, answer(method));
    }

    private static Answer answer(Method method) {
        if (SuspendFunctions.isOne(method) && SuspendFunctions.canBeDelayed()) {
            return Answer.COROUTINE;
        }
        Class<?> type = method.getReturnType();
        return type == CompletionStage.class || type == CompletableFuture.class ? Answer.STAGE : Answer.VALUE;
    }
}
