package io.ratelimit.spring.web;

import io.ratelimit.RuleLimiter;
import io.ratelimit.identity.AccessList;
import io.ratelimit.identity.AccessLists;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.identity.IdentityResolver;
import io.ratelimit.limit.Ticker;
import io.ratelimit.rule.RulesInForce;
import io.ratelimit.spring.decision.LimiterErrorListener;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Collects the parts of a {@link RequestGate}. Not safe for several threads. */
public final class RequestGateBuilder {
    final RuleLimiter limiter;
    final RulesInForce rules;
    final IdentityResolver identities;
    AccessLists lists;
    IdentityDigest digest = IdentityDigest.sha256();
    WebSettings settings = WebSettings.defaults();
    Map<String, Function<WebRequest, @Nullable String>> keys = Map.of();
    LimiterErrorListener errorListener = (error, cause) -> {};
    LongSupplier nanoTime = System::nanoTime;
    Ticker ticker = Ticker.system();

    RequestGateBuilder(RuleLimiter limiter, RulesInForce rules, IdentityResolver identities) {
        this.limiter = Objects.requireNonNull(limiter, "limiter");
        this.rules = Objects.requireNonNull(rules, "rules");
        this.identities = Objects.requireNonNull(identities, "identities");
        this.lists = new AccessLists(identities, AccessList.empty(), AccessList.empty());
    }

    /** Sets who is exempt and who is blocked; default nobody. */
    public RequestGateBuilder lists(AccessLists accessLists) {
        this.lists = accessLists;
        return this;
    }

    /** Sets how identities are named outside this process; default without a secret. */
    public RequestGateBuilder digest(IdentityDigest identityDigest) {
        this.digest = identityDigest;
        return this;
    }

    /** Sets what is the same for all rules. */
    public RequestGateBuilder settings(WebSettings webSettings) {
        this.settings = webSettings;
        return this;
    }

    /** Sets what finds out whose quota counts where a rule's key is one of these names; default none. */
    public RequestGateBuilder keys(Map<String, Function<WebRequest, @Nullable String>> byName) {
        this.keys = Map.copyOf(byName);
        return this;
    }

    /** Sets who is told of failures; default nobody. */
    public RequestGateBuilder errorListener(LimiterErrorListener listener) {
        this.errorListener = listener;
        return this;
    }

    /** Sets the clock by which requests wait; default {@link System#nanoTime()}. */
    public RequestGateBuilder nanoTime(LongSupplier clock) {
        this.nanoTime = clock;
        return this;
    }

    /** Sets the clock that clients are told about; default that of the system. */
    public RequestGateBuilder ticker(Ticker clock) {
        this.ticker = clock;
        return this;
    }

    /**
     * Returns the gate.
     *
     * @throws IllegalArgumentException if a pattern, key or expression cannot be used; the message names it
     */
    public RequestGate build() {
        return new RequestGate(this);
    }
}
