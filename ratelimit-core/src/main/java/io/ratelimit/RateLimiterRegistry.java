package io.ratelimit;

import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.identity.IdentityResolver;
import io.ratelimit.limit.Quoted;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleSet;
import java.util.Objects;
import java.util.TreeSet;

/**
 * The limiters of the rules in force, by rule id: for services, listeners and jobs that enforce a rule themselves.
 *
 * <p>A rule keyed by user, address, API key or a resolver counts the same identity as one here and on the web. Under a rule
 * keyed by address, every spelling of an address and all addresses of a block that the web counts together are one; a text
 * that is no address is a key of its own. Safe for any number of threads.
 */
public final class RateLimiterRegistry {
    private final RuleSet rules;
    private final Mode mode;
    private final RuleLimiter limiter;
    private final IdentityResolver identities;
    private final IdentityDigest digest;

    /**
     * Creates a registry.
     *
     * @param rules the rules in force
     * @param mode the mode of everything; the weaker of it and a rule's wins
     * @param limiter who decides
     * @param identities tells as whom addresses are counted
     * @param digest how identities are named in the store
     */
    public RateLimiterRegistry(
            RuleSet rules, Mode mode, RuleLimiter limiter, IdentityResolver identities, IdentityDigest digest) {
        this.rules = Objects.requireNonNull(rules, "rules");
        this.mode = Objects.requireNonNull(mode, "mode");
        this.limiter = Objects.requireNonNull(limiter, "limiter");
        this.identities = Objects.requireNonNull(identities, "identities");
        this.digest = Objects.requireNonNull(digest, "digest");
    }

    /**
     * Returns the limiter of a rule, for requesters of the default tier.
     *
     * @param id the rule's id
     * @throws IllegalArgumentException if there is no such rule; the message lists those there are
     */
    public RateLimiter limiter(String id) {
        Rule rule = rules.find(id)
                .orElseThrow(() -> new IllegalArgumentException("rule: " + Quoted.text(id) + " (expected: one of "
                        + new TreeSet<>(rules.rules().stream().map(Rule::id).toList()) + ")"));
        return new RateLimiter(
                rule,
                rules.defaultTier().orElse(null),
                mode,
                limiter,
                new KeyedBy(rule.key(), identities::ofAddress, digest),
                Timeouts.SYSTEM,
                () -> {});
    }
}
