package io.ratelimit.spring.annotation;

import io.ratelimit.RuleLimiter;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.spring.decision.LimiterErrorListener;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;
import org.springframework.core.task.TaskDecorator;

/**
 * What limits on methods need of their application. Only {@link #web}, {@link #parent} and {@link #proxiesByInterfaces} are
 * asked for at once. The rest is when the first annotation is read or the first limited method is called: post-processors are
 * made before other beans, which they must not pull in.
 *
 * <p>Safe for any number of threads.
 */
public interface ApplicationParts {
    /** Returns the rules of the configuration that are in force. */
    RuleSet rules();

    /** Returns what decides. */
    RuleLimiter limiter();

    /** Returns what names the counters. */
    default IdentityDigest digest() {
        return IdentityDigest.sha256();
    }

    /** Returns the mode of everything: of it and a rule's the weaker wins. */
    default Mode mode() {
        return Mode.ENFORCE;
    }

    /** Returns who is told of failures around limited calls. */
    default LimiterErrorListener errors() {
        return (error, cause) -> {};
    }

    /**
     * Replaces placeholders, as {@code beanFactory::resolveEmbeddedValue} does.
     *
     * @throws IllegalArgumentException if one has no value
     */
    default String resolve(String text) {
        return text;
    }

    /** Returns what there is to know about web requests. */
    default WebLayer web() {
        return WebLayer.none();
    }

    /** Returns whether beans with interfaces are proxied by these alone, and not by a subclass. */
    default boolean proxiesByInterfaces() {
        return false;
    }

    /** Returns the support of the context above, with which the names of rules are shared; {@code null}: there is none. */
    default @Nullable RateLimitedSupport parent() {
        return null;
    }

    /** Returns what runs calls that give a stage, when their turn has come later. */
    default Executor executor() {
        return ForkJoinPool.commonPool();
    }

    /** Returns what carries over to such a call what the caller's thread has, beside its class loader. Called on that thread. */
    default TaskDecorator context() {
        return task -> task;
    }
}
