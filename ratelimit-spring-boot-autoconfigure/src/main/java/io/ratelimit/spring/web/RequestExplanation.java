package io.ratelimit.spring.web;

import io.ratelimit.rule.Phase;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What would become of a request, without charging anything for it.
 *
 * @param standing how it is treated as a whole
 * @param rules the rules that apply, in the order of configuration; empty if it is not limited
 */
public record RequestExplanation(Standing standing, List<RuleExplanation> rules) {
    /** How a request is treated as a whole. */
    public enum Standing {
        /** The rules that apply are asked. */
        LIMITED,
        /** Its path is excluded. */
        EXCLUDED,
        /** The requester is never limited. */
        EXEMPT,
        /** The requester is always refused. */
        BLOCKED;

        /** Returns the name for people, such as {@code limited}. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What one rule would ask.
     *
     * @param rule the rule
     * @param phase when it is decided
     * @param identityKind what is counted, such as {@code user}; or {@code user:ip} where a user is meant but there is none
     * @param demand what is asked; empty if the rule is off or the requester's tier is unlimited
     */
    public record RuleExplanation(Rule rule, Phase phase, String identityKind, Optional<RuleDemand> demand) {}

    /** Copies the rules. */
    public RequestExplanation {
        rules = List.copyOf(rules);
    }
}
