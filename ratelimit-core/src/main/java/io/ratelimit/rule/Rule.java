package io.ratelimit.rule;

import io.ratelimit.limit.FailurePolicy;
import io.ratelimit.limit.InvalidValueException;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Quoted;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which requests are counted, on whose quota, against which limits, and what happens when that cannot be decided.
 *
 * <p>Immutable and safe for any number of threads. No method accepts or returns {@code null} unless marked.
 */
public final class Rule {
    /** The longest delay of a rule that does not say it. */
    public static final Duration DEFAULT_MAX_DELAY = Duration.ofSeconds(5);

    private static final Pattern ID = Pattern.compile("[a-z0-9-]{1,64}");

    private final String id;
    private final List<String> paths;
    private final Set<String> methods;
    private final RuleKey key;
    private final List<RuleLimit> limits;
    private final Map<String, List<RuleLimit>> tiers;
    private final RuleCost cost;
    private final Set<Integer> countedStatuses;
    private final @Nullable Phase phase;
    private final FailurePolicy onFailure;
    private final Mode mode;
    private final int enforcePercent;
    private final Duration maxDelay;

    private Rule(Builder builder) {
        this.id = builder.id;
        this.paths = List.copyOf(builder.paths);
        this.methods = Set.copyOf(builder.methods);
        this.key = builder.key;
        this.limits = RuleLimit.of(id, builder.limits);
        Map<String, List<RuleLimit>> named = new LinkedHashMap<>();
        builder.tiers.forEach((tier, tierLimits) -> named.put(tier, RuleLimit.of(id, tierLimits)));
        this.tiers = Map.copyOf(named);
        this.cost = builder.cost;
        this.countedStatuses = Set.copyOf(builder.countedStatuses);
        this.phase = builder.phase;
        this.onFailure = builder.onFailure;
        this.mode = builder.mode;
        this.enforcePercent = builder.enforcePercent;
        this.maxDelay = builder.maxDelay;
    }

    /**
     * Starts a rule.
     *
     * @param id 1 to 64 of {@code a-z}, {@code 0-9} and {@code -}
     * @throws IllegalArgumentException if the id has another form
     */
    public static Builder named(String id) {
        return new Builder(id);
    }

    /** Returns the name of the rule in configuration, keys, headers and metrics. */
    public String id() {
        return id;
    }

    /** Returns the path patterns; a request matches if one does. Empty: the rule matches no request and is used by name. */
    public List<String> paths() {
        return paths;
    }

    /** Returns the HTTP methods in upper case; empty: all. */
    public Set<String> methods() {
        return methods;
    }

    /** Returns whose quota is counted. */
    public RuleKey key() {
        return key;
    }

    /** Returns the limits of a requester without a tier of its own. */
    public List<RuleLimit> limits() {
        return limits;
    }

    /**
     * Returns the limits of a requester.
     *
     * @param tier the requester's tier, {@code null} if it has none
     * @return the limits, all of which have to admit; empty if the tier is unlimited
     */
    public List<RuleLimit> limits(@Nullable String tier) {
        return tier == null ? limits : tiers.getOrDefault(tier, limits);
    }

    /** Returns the tiers that have limits of their own under this rule. An empty list means unlimited. */
    public Map<String, List<RuleLimit>> tiers() {
        return tiers;
    }

    /** Returns what a request costs. */
    public RuleCost cost() {
        return cost;
    }

    /** Returns the response statuses that count; the permits of other responses are given back. Empty: all count. */
    public Set<Integer> countedStatuses() {
        return countedStatuses;
    }

    /** Returns when the rule is decided, if that is not left to its key. */
    public Optional<Phase> phase() {
        return Optional.ofNullable(phase);
    }

    /** Returns who decides when the store cannot. */
    public FailurePolicy onFailure() {
        return onFailure;
    }

    /** Returns what becomes of its denials. */
    public Mode mode() {
        return mode;
    }

    /** Returns the share of identities whose denials are enforced, 0 to 100; those of the others are only counted. */
    public int enforcePercent() {
        return enforcePercent;
    }

    /** Returns the longest that a leaky bucket may make a request wait. */
    public Duration maxDelay() {
        return maxDelay;
    }

    @Override
    public String toString() {
        return "rule " + id;
    }

    /** Collects the parts of a {@link Rule}. Not safe for several threads. */
    public static final class Builder {
        private final String id;
        private List<String> paths = List.of();
        private Set<String> methods = Set.of();
        private RuleKey key = RuleKey.IDENTITY;
        private List<Limit> limits = List.of();
        private final Map<String, List<Limit>> tiers = new LinkedHashMap<>();
        private RuleCost cost = RuleCost.ONE;
        private Set<Integer> countedStatuses = Set.of();
        private @Nullable Phase phase;
        private FailurePolicy onFailure = FailurePolicy.LOCAL;
        private Mode mode = Mode.ENFORCE;
        private int enforcePercent = 100;
        private Duration maxDelay = DEFAULT_MAX_DELAY;

        private Builder(String id) {
            if (!ID.matcher(id).matches()) {
                throw new InvalidValueException("id", Quoted.text(id), "1 to 64 of a-z, 0-9 and -, such as login");
            }
            this.id = id;
        }

        /** Sets the path patterns. */
        public Builder paths(String... patterns) {
            this.paths = List.of(patterns);
            return this;
        }

        /** Sets the HTTP methods, in upper case. */
        public Builder methods(String... names) {
            this.methods = Set.of(names);
            return this;
        }

        /** Sets whose quota is counted; default {@link RuleKey#IDENTITY}. */
        public Builder key(RuleKey ruleKey) {
            this.key = ruleKey;
            return this;
        }

        /** Sets the limits, all of which have to admit. */
        public Builder limits(Limit... ruleLimits) {
            this.limits = List.of(ruleLimits);
            return this;
        }

        /** Gives a tier limits of its own; none: unlimited. */
        public Builder tier(String tier, Limit... tierLimits) {
            this.tiers.put(tier, List.of(tierLimits));
            return this;
        }

        /** Sets what a request costs; default 1. */
        public Builder cost(RuleCost ruleCost) {
            this.cost = ruleCost;
            return this;
        }

        /** Sets the response statuses that count; default all. */
        public Builder countedStatuses(Integer... statuses) {
            this.countedStatuses = Set.of(statuses);
            return this;
        }

        /** Sets when the rule is decided; default as early as its key allows. */
        public Builder phase(Phase rulePhase) {
            this.phase = rulePhase;
            return this;
        }

        /** Sets who decides when the store cannot; default {@link FailurePolicy#LOCAL}. */
        public Builder onFailure(FailurePolicy policy) {
            this.onFailure = policy;
            return this;
        }

        /** Sets what becomes of denials; default {@link Mode#ENFORCE}. */
        public Builder mode(Mode ruleMode) {
            this.mode = ruleMode;
            return this;
        }

        /**
         * Sets the share of identities whose denials are enforced; default 100.
         *
         * @throws IllegalArgumentException if it is not from 0 to 100
         */
        public Builder enforcePercent(int percent) {
            if (percent < 0 || percent > 100) {
                throw new InvalidValueException("enforce-percent", percent, "0 to 100, such as 10");
            }
            this.enforcePercent = percent;
            return this;
        }

        /** Sets the longest that a leaky bucket may make a request wait; default {@link #DEFAULT_MAX_DELAY}. */
        public Builder maxDelay(Duration delay) {
            this.maxDelay = delay;
            return this;
        }

        /**
         * Returns the rule.
         *
         * @throws IllegalArgumentException if it has no limit
         */
        public Rule build() {
            if (limits.isEmpty()) {
                throw new InvalidValueException(
                        "limit", "none for rule \"" + id + "\"", "at least one, such as 100/1h");
            }
            return new Rule(this);
        }
    }
}
