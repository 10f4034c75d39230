package io.ratelimit;

import io.ratelimit.identity.Identity;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.limit.CheckReturnValue;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.StoreException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Limits how often something may be done, for each key apart: a user, a tenant, a phone number.
 *
 * <pre>{@code
 * RateLimiter limiter = RateLimiter.inMemory(Limit.parse("10/1s"));
 * if (limiter.tryAcquire("user-123")) {
 *     ...
 * }
 * }</pre>
 *
 * <p>Several limits are one decision: permits are taken from all or from none. Keys may be of any length and hold any
 * characters; only their digests reach a store. No method waits for permits; those that return a value rather than a stage
 * wait for the store, which answers within a deadline of its own. A store that cannot decide makes them fail with a
 * {@link StoreException}; put a {@link io.ratelimit.failover.FailoverStore} around it to have an answer always.
 *
 * <p>Safe for any number of threads. No method accepts or returns {@code null}.
 */
@CheckReturnValue
public final class RateLimiter implements AutoCloseable {
    private static final String KIND = "key";

    private final Rule rule;
    private final LimitStore store;
    private final RuleLimiter limiter;
    private final IdentityDigest digest;

    RateLimiter(Rule rule, LimitStore store, List<RateLimitListener> listeners, IdentityDigest digest) {
        this.rule = rule;
        this.store = store;
        this.limiter = new RuleLimiter(store, listeners);
        this.digest = digest;
    }

    /**
     * Returns a limiter that counts in this process, for up to {@value MemoryStore#DEFAULT_MAX_KEYS} keys.
     *
     * @param limits at least one; all have to admit
     * @throws IllegalArgumentException if there is none
     */
    public static RateLimiter inMemory(Limit... limits) {
        return builder().limits(limits).build();
    }

    /** Returns a builder, for another store, a name, or listeners. */
    public static RateLimiterBuilder builder() {
        return new RateLimiterBuilder();
    }

    /** Takes one permit if there is one, and returns whether there was. */
    public boolean tryAcquire(String key) {
        return tryAcquire(key, 1);
    }

    /**
     * Takes so many permits if they are there, and returns whether they were.
     *
     * @param permits from 1
     */
    public boolean tryAcquire(String key, long permits) {
        return acquire(key, permits).allowed();
    }

    /** Takes one permit if there is one, and returns the whole decision. */
    public Decision acquire(String key) {
        return acquire(key, 1);
    }

    /**
     * Takes so many permits if they are there, and returns the whole decision.
     *
     * @param permits from 1; more than the capacity are never there
     */
    public Decision acquire(String key, long permits) {
        return await(acquireAsync(key, permits));
    }

    /** Takes one permit if there is one, without waiting for the store. */
    public CompletionStage<Decision> acquireAsync(String key) {
        return acquireAsync(key, 1);
    }

    /**
     * Takes so many permits if they are there, without waiting for the store.
     *
     * @param permits from 1
     */
    public CompletionStage<Decision> acquireAsync(String key, long permits) {
        return limiter.acquire(demand(key, permits)).thenApply(RuleDecision::decision);
    }

    /** Returns the decision that {@link #acquire(String)} would give now, and changes nothing. */
    public Decision peek(String key) {
        return peek(key, 1);
    }

    /**
     * Returns the decision that {@link #acquire(String, long)} would give now, and changes nothing.
     *
     * @param permits from 1
     */
    public Decision peek(String key, long permits) {
        return await(limiter.peek(demand(key, permits))).decision();
    }

    /**
     * Takes so many permits whether they are there or not: for what has already happened. The debt is bounded, by one more
     * capacity for each limit.
     *
     * @param permits from 1
     * @return the state afterwards
     */
    public Decision charge(String key, long permits) {
        return await(limiter.charge(demand(key, permits)));
    }

    /** Gives back what a decision took; what has left its window or has refilled since is not given back. */
    public void refund(Decision decision) {
        await(limiter.refund(decision.grants()));
    }

    /** Forgets what the key has used. */
    public void reset(String key) {
        await(limiter.reset(demand(key, 1)));
    }

    /** Returns the limits, in order. */
    public List<Limit> limits() {
        return rule.limits().stream().map(limit -> limit.limit()).toList();
    }

    /** Closes the store, if this limiter made it. */
    @Override
    public void close() {
        store.close();
    }

    private List<RuleDemand> demand(String key, long permits) {
        Objects.requireNonNull(key, "key");
        return List.of(new RuleDemand(rule, digest.of(new Identity(KIND, key)), rule.limits(), permits, Mode.ENFORCE));
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw failed;
        }
    }
}
