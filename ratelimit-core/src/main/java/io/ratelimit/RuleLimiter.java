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
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides all rules that apply to a request as one: the enforced ones all or none, and if they admit it, the watched ones.
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
     * @param demands the rules that apply, at most one demand for each rule; not empty
     */
    public CompletionStage<RuleDecision> acquire(List<RuleDemand> demands) {
        long start = System.nanoTime();
        return ask(demands, Operation.Acquire::new).thenApply(decision -> {
            tell(decision, Duration.ofNanos(System.nanoTime() - start));
            return decision;
        });
    }

    /** Answers as {@link #acquire} would, changes nothing and tells nobody. */
    public CompletionStage<RuleDecision> peek(List<RuleDemand> demands) {
        return ask(demands, Operation.Peek::new);
    }

    /** Takes the permits in any case, of the enforced rules and of the watched ones, and tells nobody. */
    public CompletionStage<Decision> charge(List<RuleDemand> demands) {
        return store.execute(new Operation.Charge(counters(demands)));
    }

    /** Gives back permits that turned out not to be used. */
    public CompletionStage<Void> refund(List<Grant> grants) {
        return grants.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : store.execute(new Operation.Refund(grants)).thenAccept(refunded -> {});
    }

    /** Forgets what the counters of these demands hold. */
    public CompletionStage<Void> reset(List<RuleDemand> demands) {
        return store.execute(new Operation.Reset(counters(demands))).thenAccept(reset -> {});
    }

    private static List<Demand> counters(List<RuleDemand> demands) {
        return demands.stream().flatMap(demand -> demand.demands().stream()).toList();
    }

    private CompletionStage<RuleDecision> ask(
            List<RuleDemand> demands, BiFunction<List<Demand>, List<Demand>, Operation> operation) {
        List<Demand> enforced = new ArrayList<>();
        List<Demand> watched = new ArrayList<>();
        for (RuleDemand demand : demands) {
            (demand.mode() == Mode.ENFORCE ? enforced : watched).addAll(demand.demands());
        }
        CompletionStage<Decision> decision = store.execute(operation.apply(enforced, watched));
        return decision.thenApply(made -> RuleDecision.of(demands, made));
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
