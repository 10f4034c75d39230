package io.ratelimit.spring.actuate;

import io.ratelimit.RuleDecision;
import io.ratelimit.RuleLimiter;
import io.ratelimit.identity.Identity;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.identity.IdentityResolver;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.rule.RuleLimit;
import io.ratelimit.store.CleanThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What is counted of identities that are named as a person names them. Safe for any number of threads. */
public final class Counters {
    /** Above the deadline of any store: this only guards against one that never answers. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

    private final RuleOverview rules;
    private final RuleLimiter limiter;
    private final IdentityResolver identities;
    private final IdentityDigest digest;

    /**
     * Creates the view.
     *
     * @param rules the rules in force
     * @param limiter who counts
     * @param identities tells how addresses are grouped
     * @param digest how identities are named in the backend
     */
    public Counters(RuleOverview rules, RuleLimiter limiter, IdentityResolver identities, IdentityDigest digest) {
        this.rules = rules;
        this.limiter = limiter;
        this.identities = identities;
        this.digest = digest;
    }

    /**
     * What was forgotten.
     *
     * @param rule the rule's id
     * @param identity the digest of the identity
     */
    public record Reset(String rule, String identity) {}

    /** Returns what is counted; empty if there is no such rule, or it does not limit the tier. */
    Optional<QuotaDescription> peek(String ruleId, String kind, String value, @Nullable String tier) {
        Optional<Rule> found = rules.find(ruleId);
        found.ifPresent(rule -> CountedKinds.check(rule, kind));
        return found.flatMap(rule -> RuleDemand.of(
                        rule, owner(kind, value), tier == null ? rules.defaultTier() : tier, 1, Mode.ENFORCE))
                .map(demand -> await(limiter.peek(List.of(demand))))
                .map(RuleDecision::rules)
                .map(asked -> QuotaDescription.of(asked.get(0)));
    }

    /** Forgets what is counted in every tier; empty if there is no such rule. */
    Optional<Reset> reset(String ruleId, String kind, String value) {
        Optional<Rule> found = rules.find(ruleId);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Rule rule = found.get();
        CountedKinds.check(rule, kind);
        String owner = owner(kind, value);
        List<List<RuleLimit>> all = new ArrayList<>(rule.tiers().values());
        all.add(rule.limits());
        for (List<RuleLimit> limits : all) {
            if (!limits.isEmpty()) {
                // One by one: tiers may share a counter and hold it to different limits.
                await(limiter.reset(List.of(new RuleDemand(rule, owner, limits, 1, Mode.ENFORCE))));
            }
        }
        return Optional.of(new Reset(rule.id(), owner));
    }

    private String owner(String kind, String value) {
        Identity identity = kind.equals(Identity.IP) ? identities.ofAddress(value) : new Identity(kind, value);
        return digest.of(identity);
    }

    private static <T> T await(CompletionStage<T> stage) {
        CleanThreads.forTimeouts();
        return stage.toCompletableFuture()
                .orTimeout(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS)
                .join();
    }
}
