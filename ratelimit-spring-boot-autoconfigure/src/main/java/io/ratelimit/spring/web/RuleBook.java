package io.ratelimit.spring.web;

import io.ratelimit.identity.Requester;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Phase;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.rule.RuleSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one version, prepared for matching: finds those that apply to a request by its path and method, else the
 * default.
 *
 * <p>Immutable and safe for any number of threads.
 */
final class RuleBook {
    private static final String OPTIONS = "OPTIONS";
    private static final int ALL = 100;
    private static final RuleKey BY_IP = RuleKey.parse("ip");

    private final PathIndex index;
    private final List<RuleMatch> byDefault;
    private final List<RuleMatch> preflightByDefault;
    private final List<RuleMatch> strictest;
    private final @Nullable String defaultTier;
    private final boolean countsStatuses;

    /** Throws an {@link IllegalArgumentException} if a path, key or expression of a rule cannot be used. */
    RuleBook(RuleSet rules, PathSensitivity sensitivity, RuleExpressions expressions, Owners owners) {
        this.index = new PathIndex(rules.rules(), sensitivity);
        this.byDefault = rules.defaultRule().map(RuleMatch::of).stream().toList();
        this.preflightByDefault =
                rules.defaultRule().map(RuleBook::byAddress).stream().toList();
        this.defaultTier = rules.defaultTier().orElse(null);
        List<RuleMatch> all = new ArrayList<>(preflightByDefault);
        rules.rules().stream()
                .filter(rule -> !rule.paths().isEmpty())
                .map(RuleBook::byAddress)
                .forEach(all::add);
        this.strictest = List.copyOf(all);
        boolean counts = false;
        for (Rule rule : rules.all()) {
            expressions.prepare(rule);
            owners.check(rule.key());
            counts |= !rule.countedStatuses().isEmpty();
        }
        this.countsStatuses = counts;
    }

    /**
     * Returns the rules that apply, in the order of configuration. A request that is on its way inside the application is
     * counted only by rules that name the path it goes to.
     */
    List<RuleMatch> match(WebRequest request) {
        boolean preflight = request.isPreflight();
        List<RuleMatch> byPath = index.isEmpty()
                ? List.of()
                : index.find(
                        request.paths(), rule -> preflight ? rule.methods().contains(OPTIONS) : applies(rule, request));
        if (request.isInnerDispatch() || replaceDefault(byPath)) {
            return byPath;
        }
        List<RuleMatch> others = preflight ? preflightByDefault : byDefault;
        if (byPath.isEmpty()) {
            return others;
        }
        List<RuleMatch> matches = new ArrayList<>(byPath);
        matches.addAll(others);
        return matches;
    }

    /**
     * Returns what applies when it cannot be found out which rules do: every rule that a path could lead to and the default,
     * each by address. So a request that cannot be matched is limited by the strictest of them.
     */
    List<RuleMatch> strictest() {
        return strictest;
    }

    /** A rule that is only tried out has no influence: until it is enforced for everybody, the default stays beside it. */
    private static boolean replaceDefault(List<RuleMatch> matches) {
        for (int i = 0; i < matches.size(); i++) {
            Rule rule = matches.get(i).rule();
            if (rule.mode() == Mode.ENFORCE && rule.enforcePercent() == ALL) {
                return true;
            }
        }
        return false;
    }

    /** Something on the way may have overridden the method: the request is both what it was and what it became. */
    private static boolean applies(Rule rule, WebRequest request) {
        return rule.methods().isEmpty() || names(rule, request.method()) || names(rule, request.sentMethod());
    }

    private static boolean names(Rule rule, String method) {
        return rule.methods().contains(method)
                || ("HEAD".equals(method) && rule.methods().contains("GET"));
    }

    /** What everybody shares stays what everybody shares. */
    private static RuleMatch byAddress(Rule rule) {
        return new RuleMatch(rule, rule.key().kind() == RuleKey.Kind.GLOBAL ? rule.key() : BY_IP, Map.of());
    }

    @Nullable
    String defaultTier() {
        return defaultTier;
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
