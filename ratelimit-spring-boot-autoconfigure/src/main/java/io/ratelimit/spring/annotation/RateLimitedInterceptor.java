package io.ratelimit.spring.annotation;

import io.ratelimit.RateLimitExceededException;
import io.ratelimit.RuleDecision;
import io.ratelimit.limit.Decision;
import io.ratelimit.spring.annotation.CallPlan.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.support.AopUtils;

/** Limits calls of annotated methods. */
final class RateLimitedInterceptor implements MethodInterceptor {
    private final AnnotatedRules rules;
    private final CallLimiter limiter;
    private final CallTurn turn;

    RateLimitedInterceptor(AnnotatedRules rules, CallLimiter limiter, CallTurn turn) {
        this.rules = rules;
        this.limiter = limiter;
        this.turn = turn;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation call) throws Throwable {
        Object target = call.getThis();
        Class<?> type = target == null ? call.getMethod().getDeclaringClass() : AopUtils.getTargetClass(target);
        CallPlan plan = rules.call(type, call.getMethod());
        if (plan.rules().isEmpty()) {
            return call.proceed();
        }
        Optional<RuleDecision> decision = limiter.acquire(plan.rules(), call.getArguments());
        return decision.isEmpty() ? call.proceed() : follow(decision.get(), plan, call);
    }

    private @Nullable Object follow(RuleDecision answer, CallPlan plan, MethodInvocation call) throws Throwable {
        Decision decision = answer.decision();
        if (!decision.allowed()) {
            return denied(answer, plan, call);
        }
        Duration delay = decision.delay();
        if (delay.isZero()) {
            return call.proceed();
        }
        Runnable giveBack = () -> limiter.refund(decision);
        return switch (plan.answer()) {
            case VALUE -> parked(call, delay, giveBack);
            case STAGE -> DelayedCall.start((ProxyMethodInvocation) call, delay, turn, giveBack);
            case COROUTINE -> SuspendedCall.start((ProxyMethodInvocation) call, delay, turn, giveBack);
        };
    }

    private @Nullable Object parked(MethodInvocation call, Duration delay, Runnable giveBack) throws Throwable {
        try {
            turn.await(delay);
        } catch (InterruptedException interrupted) {
            giveBack.run();
            throw interruption(call, interrupted);
        }
        return call.proceed();
    }

    private static @Nullable Object denied(RuleDecision answer, CallPlan plan, MethodInvocation call) throws Throwable {
        RateLimitExceededException denial = new RateLimitExceededException(answer.decision());
        FallbackMethod fallback = fallback(answer, plan.rules());
        if (fallback != null) {
            return fallback.call(receiver(call), call.getArguments(), denial);
        }
        if (plan.answer() == Answer.STAGE) {
            return CompletableFuture.failedFuture(denial);
        }
        throw denial;
    }

    /** The first among the annotations that denied; nearly always there is one annotation. */
    private static @Nullable FallbackMethod fallback(RuleDecision answer, List<CallRule> rules) {
        List<String> denying = answer.rules().stream()
                .filter(rule -> !rule.allowed() && !rule.shadow())
                .map(rule -> rule.demand().rule().id())
                .toList();
        for (CallRule rule : rules) {
            if (rule.fallback() != null && denying.contains(rule.rule().id())) {
                return rule.fallback();
            }
        }
        return null;
    }

    private static Object receiver(MethodInvocation call) {
        Object target = call.getThis();
        return target != null ? target : ((ProxyMethodInvocation) call).getProxy();
    }

    /** Ends a call whose thread is wanted elsewhere: as an interruption where the method may say so. */
    private static Exception interruption(MethodInvocation call, InterruptedException interrupted) {
        if (Stream.of(call.getMethod().getExceptionTypes())
                .anyMatch(thrown -> thrown.isAssignableFrom(InterruptedException.class))) {
            return interrupted;
        }
        Thread.currentThread().interrupt();
        CancellationException cancelled = new CancellationException("Interrupted while waiting for a rate limit");
        cancelled.initCause(interrupted);
        return cancelled;
    }
}
