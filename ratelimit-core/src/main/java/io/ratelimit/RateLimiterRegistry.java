package io.ratelimit;

import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.identity.IdentityResolver;
import io.ratelimit.limit.InvalidValueException;
import io.ratelimit.limit.Quoted;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RulesInForce;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The limiters of the rules in force, by rule id: for services, listeners and jobs that enforce a rule themselves.
 *
 * <p>A rule keyed by user, address, API key or a resolver counts the same identity as one here and on the web. Under a rule
 * keyed by address, every spelling of an address and all addresses of a block that the web counts together are one; a text
 * that is no address is a key of its own. Safe for any number of threads.
 */
public final class RateLimiterRegistry {
    private final RulesInForce rules;
    private final Mode mode;
    private final RuleLimiter limiter;
    private final KeyedBy owners;

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
            RulesInForce rules, Mode mode, RuleLimiter limiter, IdentityResolver identities, IdentityDigest digest) {
        this.rules = Objects.requireNonNull(rules, "rules");
        this.mode = Objects.requireNonNull(mode, "mode");
        this.limiter = Objects.requireNonNull(limiter, "limiter");
        this.owners = new KeyedBy(identities::ofAddress, Objects.requireNonNull(digest, "digest"));
    }

    /**
     * Returns the limiter of a rule, for requesters of the default tier.
     *
     * @param id the rule's id
     * @throws IllegalArgumentException if there is no such rule; the message lists those there are
     */
    public RateLimiter limiter(String id) {
        return find(id).orElseThrow(() -> new InvalidValueException(
                "rule",
                Quoted.text(id),
                "one of "
                        + new TreeSet<>(
                                rules.rules().rules().stream().map(Rule::id).toList())));
    }

    /**
     * Returns the limiter of a rule, for requesters of the default tier. It goes with the rules in force: it enforces the rule
     * as it is at each call, and admits everything while there is no such rule.
     *
     * @param id the rule's id
     * @return the limiter; empty if there is no such rule now
     */
    public Optional<RateLimiter> find(String id) {
        return rules.rules()
                .find(id)
                .map(rule -> new RateLimiter(rule, rules, mode, limiter, owners, Timeouts.SYSTEM, () -> {}));
    }

    /**
     * Returns the name in the store of whomever a text means to a rule, under the rule's kind of key.
     *
     * @param value a user, an address, the name of an API key, or what the rule's resolver or expression yields
     */
    public String owner(Rule rule, String value) {
        return owners.owner(rule.key(), value);
    }
}
