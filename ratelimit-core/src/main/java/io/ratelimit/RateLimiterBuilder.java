package io.ratelimit;

import io.ratelimit.identity.Identity;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.limit.FailurePolicy;
import io.ratelimit.limit.InvalidValueException;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.Ticker;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.rule.RulesInForce;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.MemoryStore;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the parts of a {@link RateLimiter}. Not safe for several threads. */
public final class RateLimiterBuilder {
    private String name = "default";
    private Limit[] limits = {};
    private FailurePolicy onFailure = FailurePolicy.LOCAL;
    private @Nullable LimitStore store;
    private @Nullable Ticker ticker;
    private IdentityDigest digest = IdentityDigest.sha256();
    private final List<RateLimitListener> listeners = new ArrayList<>();

    RateLimiterBuilder() {}

    /** Sets the name under which limiters of one store share their counters; 1 to 64 of a-z, 0-9 and -. */
    public RateLimiterBuilder name(String limiterName) {
        this.name = limiterName;
        return this;
    }

    /** Sets the limits, all of which have to admit. */
    public RateLimiterBuilder limits(Limit... all) {
        this.limits = all.clone();
        return this;
    }

    /** Sets where the counters live; the store stays the caller's to close. Default: in this process. */
    public RateLimiterBuilder store(LimitStore limitStore) {
        this.store = limitStore;
        return this;
    }

    /** Sets who decides when a store with failover cannot; default {@link FailurePolicy#LOCAL}. */
    public RateLimiterBuilder onFailure(FailurePolicy policy) {
        this.onFailure = policy;
        return this;
    }

    /** Sets the clock of the counters in this process; another store has its own. */
    public RateLimiterBuilder ticker(Ticker clock) {
        this.ticker = clock;
        return this;
    }

    /** Sets the secret without which nobody can tell which key a counter belongs to. Default: none. */
    public RateLimiterBuilder keySecret(String secret) {
        this.digest = IdentityDigest.hmac(secret);
        return this;
    }

    /** Adds someone who is told of every decision. */
    public RateLimiterBuilder listener(RateLimitListener listener) {
        listeners.add(listener);
        return this;
    }

    /**
     * Returns the limiter.
     *
     * @throws IllegalArgumentException if there is no limit, the name has another form, or a clock was given for a store
     *     that has its own
     */
    public RateLimiter build() {
        Rule rule = Rule.named(name).limits(limits).onFailure(onFailure).build();
        if (store != null && ticker != null) {
            throw new InvalidValueException(
                    "ticker", "given beside a store", "one of the two, because a store has a clock of its own");
        }
        LimitStore counters = store == null ? ownStore() : store;
        Runnable onClose = store == null ? counters::close : () -> {};
        return new RateLimiter(
                rule,
                new RulesInForce(new RuleSet(List.of(rule), null, null)),
                Mode.ENFORCE,
                new RuleLimiter(counters, listeners),
                new KeyedBy(Identity::ofIp, digest),
                Timeouts.SYSTEM,
                onClose);
    }

    private LimitStore ownStore() {
        return MemoryStore.of(ticker == null ? Ticker.system() : ticker, MemoryStore.DEFAULT_MAX_KEYS, Source.MEMORY);
    }
}
