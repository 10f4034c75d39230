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
        STAGE
    }

    static CallPlan of(Method method, List<CallRule> rules) {
        Class<?> type = method.getReturnType();
        boolean stage = type == CompletionStage.class || type == CompletableFuture.class;
        return new CallPlan(rules, stage ? Answer.STAGE : Answer.VALUE);
    }
}
