package io.ratelimit.spring.configuration;

import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Phase;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey.Kind;
import io.ratelimit.rule.RuleLimit;
import io.ratelimit.rule.RuleSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Finds what a configuration may say, but probably does not mean. Each warning is one line. */
public final class ConfigurationWarnings {
    private static final Duration LONG_TIMEOUT = Duration.ofMillis(250);
    private static final int HOME_PREFIX = 64;
    private static final Set<Kind> WITHOUT_USER = EnumSet.of(Kind.IP, Kind.API_KEY, Kind.GLOBAL);

    private final RateLimitProperties properties;
    private final RuleSet rules;
    private final boolean security;
    private final boolean annotated;
    private final Set<String> named;
    private final String contextPath;
    private final List<String> warnings = new ArrayList<>();

    /**
     * Prepares to look.
     *
     * @param properties what was written
     * @param rules what is in force
     * @param security whether something authenticates requests
     * @param annotated whether annotations have limits of their own
     * @param named the rules that annotations name
     * @param contextPath what the paths of all requests begin with, such as {@code /app}; empty if there is nothing
     */
    public ConfigurationWarnings(
            RateLimitProperties properties,
            RuleSet rules,
            boolean security,
            boolean annotated,
            Set<String> named,
            String contextPath) {
        this.properties = properties;
        this.rules = rules;
        this.security = security;
        this.annotated = annotated;
        this.named = named;
        this.contextPath = contextPath;
    }

    /** Returns the warnings, each in one line. */
    public List<String> find() {
        if (all().findAny().isEmpty() && !annotated) {
            return List.of("Nothing is limited: there are neither ratelimit.rules nor a ratelimit.default");
        }
        findModes();
        findUsers();
        findUnused();
        findContextPaths();
        findSlips();
        findLongLogs();
        findFigures();
        return List.copyOf(warnings);
    }

    private Stream<Rule> all() {
        return rules.all().stream();
    }

    private void findModes() {
        if (properties.mode() == Mode.OFF) {
            warnings.add("Nothing is limited: ratelimit.mode is off");
        } else if (properties.mode() == Mode.SHADOW) {
            warnings.add("Nothing is denied: ratelimit.mode is shadow, so that denials are only counted");
        } else if (all().findAny().isPresent() && all().noneMatch(rule -> rule.mode() == Mode.ENFORCE) && !annotated) {
            warnings.add("Nothing is denied: the mode of every rule is shadow or off");
        }
    }

    private void findUsers() {
        warnIfAny(
                rule -> rule.key().kind() == Kind.USER
                        && rule.phase()
                                .filter(Phase.BEFORE_AUTHENTICATION::equals)
                                .isPresent(),
                "count by user, but before it is known: each request counts by its address (rules %s)");
        if (!security) {
            warnIfAny(
                    rule -> rule.key().kind() == Kind.USER
                            && rule.phase()
                                    .filter(Phase.BEFORE_AUTHENTICATION::equals)
                                    .isEmpty(),
                    "count by user, but there is no Spring Security: where nothing else authenticates, each request counts"
                            + " by its address (rules %s)");
        } else if (all().findAny().isPresent() && all().noneMatch(ConfigurationWarnings::isBeforeAuthentication)) {
            warnings.add(
                    "Nothing limits requests that fail to authenticate before the first of them has been answered: every rule is"
                            + " decided behind Spring Security; a rule with the key ip would be decided before it");
        }
    }

    private static boolean isBeforeAuthentication(Rule rule) {
        return rule.mode() != Mode.OFF
                && rule.phase()
                        .map(Phase.BEFORE_AUTHENTICATION::equals)
                        .orElse(WITHOUT_USER.contains(rule.key().kind()));
    }

    private void findUnused() {
        List<String> unused = rules.rules().stream()
                .filter(rule -> rule.paths().isEmpty() && !named.contains(rule.id()))
                .map(Rule::id)
                .toList();
        if (!unused.isEmpty()) {
            warnings.add("Rules without a path match no request, and no annotation names these: " + join(unused));
        }
    }

    /** A warning and no more, because an application may have such a path within itself. */
    private void findContextPaths() {
        List<String> paths = Stream.concat(
                        rules.rules().stream().flatMap(rule -> rule.paths().stream()), properties.exclude().stream())
                .filter(path -> path.equals(contextPath) || path.startsWith(contextPath + "/"))
                .toList();
        if (!contextPath.isEmpty() && !paths.isEmpty()) {
            warnings.add("Paths are those within the application, without its context path " + contextPath
                    + ", so these match no request but one below " + contextPath + contextPath + ": " + join(paths));
        }
    }

    /** Only where a bean gives tiers to requesters: without one, a tier that is not known is refused. */
    private void findSlips() {
        Set<String> known = TierNameCheck.known(properties);
        rules.rules()
                .forEach(rule -> rule.tiers().keySet().stream()
                        .filter(tier -> !known.contains(tier))
                        .forEach(tier -> Suggestion.nearest(tier, known)
                                .ifPresent(meant -> warnings.add("Rule " + rule.id() + " has the tier " + tier
                                        + ", which only a bean can give to somebody; did you mean " + meant + "?"))));
    }

    private void findLongLogs() {
        OptionalLong longest = all().flatMap(ConfigurationWarnings::limitsOf)
                .filter(Limit::keepsLongLog)
                .mapToLong(Limit::permits)
                .max();
        if (longest.isPresent()) {
            warnings.add("A sliding-log remembers every request of every requester: a limit of " + longest.getAsLong()
                    + " takes memory and time, where sliding-counter takes none");
        }
    }

    private static Stream<Limit> limitsOf(Rule rule) {
        return Stream.concat(
                        rule.limits().stream(), rule.tiers().values().stream().flatMap(Collection::stream))
                .map(RuleLimit::limit);
    }

    private void findFigures() {
        if (properties.identity().ip().ipv6Prefix() > HOME_PREFIX) {
            warnings.add(
                    "ratelimit.identity.ip.ipv6-prefix is above 64: whoever has a /64, as every home has, has as many"
                            + " quotas as addresses");
        }
        if (properties.apiKeys().trustUnverified()) {
            warnings.add("ratelimit.api-keys.trust-unverified is true: whoever makes up a key has a fresh quota");
        }
        if (properties.redis().timeout().compareTo(LONG_TIMEOUT) > 0) {
            warnings.add("ratelimit.redis.timeout is above 250ms: requests wait that long while Redis is slow");
        }
    }

    private void warnIfAny(Predicate<Rule> condition, String text) {
        List<String> ids = all().filter(condition).map(Rule::id).toList();
        if (!ids.isEmpty()) {
            warnings.add("Rules " + text.formatted(join(ids)));
        }
    }

    private static String join(List<String> names) {
        return String.join(", ", names);
    }
}
