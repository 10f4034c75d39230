package io.ratelimit;

import io.ratelimit.limit.CheckReturnValue;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.InvalidValueException;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.LimitDecision;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.Verdict;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.rule.RuleLimit;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.rule.RulesInForce;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

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
 * <p>In shadow mode a rule's denials are told to listeners, and the decisions admit.
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
    /** The rule as it was when this limiter was made: what it is called, and what is told while it is not in force. */
    private final Rule rule;

    private final RulesInForce rules;
    private final @Nullable String tier;
    private final Mode mode;
    private final RuleLimiter limiter;
    private final KeyedBy owners;
    private final Timeouts timeouts;
    private final Runnable onClose;

    RateLimiter(
            Rule rule,
            RulesInForce rules,
            Mode mode,
            RuleLimiter limiter,
            KeyedBy owners,
            Timeouts timeouts,
            Runnable onClose) {
        this(rule, rules, null, mode, limiter, owners, timeouts, onClose);
    }

    private RateLimiter(
            Rule rule,
            RulesInForce rules,
            @Nullable String tier,
            Mode mode,
            RuleLimiter limiter,
            KeyedBy owners,
            Timeouts timeouts,
            Runnable onClose) {
        this.rule = rule;
        this.rules = rules;
        this.tier = tier;
        this.mode = mode;
        this.limiter = limiter;
        this.owners = owners;
        this.timeouts = timeouts;
        this.onClose = onClose;
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
        return demand(key, permits)
                .map(demand -> limiter.acquire(List.of(demand)).thenApply(RuleDecision::decision))
                .orElseGet(() -> CompletableFuture.completedFuture(admitted(permits)));
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
        return demand(key, permits)
                .map(demand -> await(limiter.peek(List.of(demand))).decision())
                .orElseGet(() -> admitted(permits));
    }

    /**
     * Takes so many permits whether they are there or not: for what has already happened. The debt is bounded, by one more
     * capacity for each limit.
     *
     * @param permits from 1
     * @return the state afterwards
     */
    public Decision charge(String key, long permits) {
        return demand(key, permits)
                .map(demand -> await(limiter.charge(List.of(demand))))
                .orElseGet(() -> admitted(permits));
    }

    /** Gives back what a decision took; what has left its window or has refilled since is not given back. */
    public void refund(Decision decision) {
        await(limiter.refund(decision.grants()));
    }

    /** Forgets what the key has used. */
    public void reset(String key) {
        demand(key, 1).ifPresent(demand -> await(limiter.reset(List.of(demand))));
    }

    /**
     * Takes permits for work whose cost is known only afterwards, such as the tokens of a language model: an estimate now,
     * the real cost when it is settled. What is not settled in time is given back.
     *
     * @param estimate the permits to take now, from 1
     * @param timeout how long the reservation holds, more than zero and up to a day
     * @return the reservation, to be settled; empty if the estimate was not there
     */
    public Optional<Reservation> reserve(String key, long estimate, Duration timeout) {
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(Reservation.LONGEST) > 0) {
            throw new InvalidValueException(
                    "timeout", timeout, "more than zero, up to " + Reservation.LONGEST + ", such as PT1M");
        }
        Decision taken = acquire(key, estimate);
        if (!taken.allowed()) {
            return Optional.empty();
        }
        return Optional.of(new Reservation(this, limiter, key, estimate, taken, timeout, timeouts));
    }

    /** Returns the same limiter for requesters of a tier; the rule's own limits apply where it has none for the tier. */
    public RateLimiter forTier(String name) {
        return new RateLimiter(
                rule, rules, Objects.requireNonNull(name, "name"), mode, limiter, owners, timeouts, onClose);
    }

    /** Returns the name of the rule that this limiter enforces. */
    public String name() {
        return rule.id();
    }

    /** Returns the limits in force, in order; empty if the tier is unlimited. */
    public List<Limit> limits() {
        RuleSet current = rules.rules();
        return current.find(rule.id()).stream()
                .flatMap(inForce -> inForce.limits(tierIn(current)).stream())
                .map(RuleLimit::limit)
                .toList();
    }

    /** Closes the store, if this limiter made it. */
    @Override
    public void close() {
        onClose.run();
    }

    private Optional<RuleDemand> demand(String key, long permits) {
        RuleSet current = rules.rules();
        return current.find(rule.id())
                .flatMap(inForce ->
                        RuleDemand.of(inForce, owners.owner(inForce.key(), key), tierIn(current), permits, mode));
    }

    private @Nullable String tierIn(RuleSet current) {
        return tier != null ? tier : current.defaultTier().orElse(null);
    }

    /** Answers where nobody is asked: the rule is off or not in force, or the tier is unlimited. */
    private Decision admitted(long permits) {
        List<LimitDecision> limits = rule.limits().stream()
                .map(limit -> new LimitDecision(
                        Demand.of(new Key("", limit.counter()), limit.limit(), permits),
                        new Verdict(true, limit.limit().capacity(), 0, 0, 0, 0),
                        Source.NONE))
                .toList();
        return Decision.of(limits, List.of());
    }

    static <T> T await(CompletionStage<T> stage) {
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
