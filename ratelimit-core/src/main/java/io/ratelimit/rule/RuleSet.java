package io.ratelimit.rule;

import io.ratelimit.limit.InvalidValueException;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rules in force, immutable. */
public final class RuleSet {
    private final Map<String, Rule> byId;
    private final List<Rule> rules;
    private final @Nullable Rule defaultRule;
    private final @Nullable String defaultTier;

    /**
     * Creates a set.
     *
     * @param rules the rules in the order of configuration
     * @param defaultRule what applies where no rule matches a request; {@code null}: nothing
     * @param defaultTier the tier of a requester without one; {@code null}: none
     * @throws IllegalArgumentException if two rules have the same id
     */
    public RuleSet(List<Rule> rules, @Nullable Rule defaultRule, @Nullable String defaultTier) {
        this.rules = List.copyOf(rules);
        this.defaultRule = defaultRule;
        this.defaultTier = defaultTier;
        this.byId = new LinkedHashMap<>();
        for (Rule rule : rules) {
            add(rule);
        }
        if (defaultRule != null) {
            add(defaultRule);
        }
    }

    private void add(Rule rule) {
        if (byId.putIfAbsent(rule.id(), rule) != null) {
            throw new InvalidValueException(
                    "id", "\"" + rule.id() + "\" is used twice", "an id of its own for each rule");
        }
    }

    /** Returns the rules without the default, in the order of configuration. */
    public List<Rule> rules() {
        return rules;
    }

    /** Returns all rules, the default as the last. */
    public Collection<Rule> all() {
        return Collections.unmodifiableCollection(byId.values());
    }

    /** Returns what applies where no rule matches a request. */
    public Optional<Rule> defaultRule() {
        return Optional.ofNullable(defaultRule);
    }

    /** Returns the rule with this id, the default included. */
    public Optional<Rule> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** Returns the tier of a requester without one. */
    public Optional<String> defaultTier() {
        return Optional.ofNullable(defaultTier);
    }
}
