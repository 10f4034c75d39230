package io.ratelimit.spring.web;

import io.ratelimit.identity.Requester;
import io.ratelimit.rule.Phase;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.rule.RuleSet;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules in force, prepared for matching.
 *
 * <p>Immutable and safe for any number of threads.
 */
final class RuleBook {
    private final RuleSet rules;
    private final RuleMatcher matcher;
    private final boolean countsStatuses;

    /** Throws an {@link IllegalArgumentException} if a path, key or expression of a rule cannot be used. */
    RuleBook(RuleSet rules, PathSensitivity sensitivity, RuleExpressions expressions, Owners owners) {
        this.rules = rules;
        this.matcher = new RuleMatcher(rules, sensitivity);
        List<Rule> all = Stream.concat(rules.rules().stream(), rules.defaultRule().stream())
                .toList();
        for (Rule rule : all) {
            expressions.prepare(rule);
            owners.check(rule.key());
        }
        this.countsStatuses =
                all.stream().anyMatch(rule -> !rule.countedStatuses().isEmpty());
    }

    List<RuleMatch> match(HttpServletRequest request, boolean entry) {
        return matcher.match(request, entry);
    }

    /** Returns what applies when it cannot even be found out which rules do. */
    List<RuleMatch> byAddress() {
        return rules.defaultRule()
                .map(rule -> new RuleMatch(rule, RuleKey.parse("ip"), Map.of()))
                .map(List::of)
                .orElse(List.of());
    }

    @Nullable
    String defaultTier() {
        return rules.defaultTier().orElse(null);
    }

    /** Returns whether any rule has to know the status of the response. */
    boolean countsStatuses() {
        return countsStatuses;
    }

    /** Returns the phase in which a rule is decided for a request: as early as it is known who is counted. */
    static Phase phaseOf(RuleMatch match, Requester requester) {
        return match.rule().phase().orElseGet(() -> switch (match.key().kind()) {
            case API_KEY, IP, GLOBAL -> Phase.BEFORE_AUTHENTICATION;
            case IDENTITY -> requester.needsUser() ? Phase.AFTER_AUTHENTICATION : Phase.BEFORE_AUTHENTICATION;
            // What the application computes may depend on the user.
            case USER, RESOLVER, EXPRESSION -> Phase.AFTER_AUTHENTICATION;
        });
    }
}
