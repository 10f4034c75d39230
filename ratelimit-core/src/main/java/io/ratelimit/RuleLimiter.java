package io.ratelimit;

import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Grant;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides all rules that apply to a request as one: the enforced ones all or none, and if they admit it, the shadow ones.
 *
 * <p>Safe for any number of threads. Never waits; the stages it returns complete within the deadline of the store.
 */
public final class RuleLimiter {
    private static final Logger log = LoggerFactory.getLogger(RuleLimiter.class);

    private final LimitStore store;
    private final List<RateLimitListener> listeners;

    /**
     * Creates a limiter.
     *
     * @param store where the counters live; stays the caller's to close
     * @param listeners who is told of every decision
     */
    public RuleLimiter(LimitStore store, List<RateLimitListener> listeners) {
        this.store = Objects.requireNonNull(store, "store");
        this.listeners = List.copyOf(listeners);
    }

    /**
     * Takes the permits of all enforced rules or of none, and tells the listeners.
     *
     * @param demands the rules that apply, not empty; a rule that is asked twice for one owner counts once, as first asked
     */
    public CompletionStage<RuleDecision> acquire(List<RuleDemand> demands) {
        long start = System.nanoTime();
        List<RuleDemand> asked = distinct(demands);
        return store.execute(new Operation.Acquire(counters(asked, Mode.ENFORCE), counters(asked, Mode.SHADOW)))
                .thenApply(made -> {
                    RuleDecision decision = RuleDecision.of(asked, made);
                    tell(decision, Duration.ofNanos(System.nanoTime() - start));
                    return decision;
                });
    }

    /** Answers as {@link #acquire} would, changes nothing and tells nobody. */
    public CompletionStage<RuleDecision> peek(List<RuleDemand> demands) {
        List<RuleDemand> asked = distinct(demands);
        return store.execute(new Operation.Peek(counters(asked, Mode.ENFORCE), counters(asked, Mode.SHADOW)))
                .thenApply(made -> RuleDecision.of(asked, made));
    }

    /** Takes the permits in any case, of the enforced rules and of the shadow ones, and tells nobody. */
    public CompletionStage<Decision> charge(List<RuleDemand> demands) {
        return store.execute(new Operation.Charge(counters(distinct(demands), null)));
    }

    /** Gives back permits that turned out not to be used. */
    public CompletionStage<Void> refund(List<Grant> grants) {
        return grants.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : store.execute(new Operation.Refund(grants)).thenAccept(refunded -> {});
    }

    /** Forgets what the counters of these demands hold. */
    public CompletionStage<Void> reset(List<RuleDemand> demands) {
        return store.execute(new Operation.Reset(counters(demands, null))).thenAccept(reset -> {});
    }

    /** Returns the demands on counters of the rules in a mode; of all rules if it is {@code null}. */
    private static List<Demand> counters(List<RuleDemand> rules, @Nullable Mode mode) {
        if (rules.size() == 1) {
            return mode == null || rules.get(0).mode() == mode ? rules.get(0).demands() : List.of();
        }
        List<Demand> counters = new ArrayList<>(rules.size());
        for (RuleDemand rule : rules) {
            if (mode == null || rule.mode() == mode) {
                counters.addAll(rule.demands());
            }
        }
        return counters;
    }

    /** Rules are a handful, so each is compared with those before it. */
    private static List<RuleDemand> distinct(List<RuleDemand> demands) {
        for (int i = 1; i < demands.size(); i++) {
            if (repeats(demands.get(i), demands.subList(0, i))) {
                List<RuleDemand> distinct = new ArrayList<>(demands.subList(0, i));
                for (RuleDemand later : demands.subList(i + 1, demands.size())) {
                    if (!repeats(later, distinct)) {
                        distinct.add(later);
                    }
                }
                return distinct;
            }
        }
        return demands;
    }

    private static boolean repeats(RuleDemand demand, List<RuleDemand> earlier) {
        for (RuleDemand other : earlier) {
            if (other.rule().id().equals(demand.rule().id()) && other.owner().equals(demand.owner())) {
                return true;
            }
        }
        return false;
    }

    private void tell(RuleDecision decision, Duration took) {
        for (RateLimitListener listener : listeners) {
            try {
                listener.decided(decision, took);
            } catch (RuntimeException | LinkageError | AssertionError broken) {
                log.debug("A listener failed; the decision stands", broken);
            }
        }
    }
}
