package io.ratelimit.spring.configuration;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleCost;
import io.ratelimit.rule.RuleKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads rules, and adds what is wrong with them to the problems. */
final class RuleReader {
    /** The id of what applies where no rule matches. */
    static final String DEFAULT_ID = "default";

    private static final Pattern ID = Pattern.compile("[a-z0-9-]{1,64}");
    private static final List<String> KEYS = List.of("identity", "api-key", "user", "ip", "global");
    private static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE");

    private final RateLimitProperties properties;
    private final Surroundings surroundings;
    private final Problems problems;
    private final LimitReader limitReader;
    private final RuleTiers tiers;

    RuleReader(RateLimitProperties properties, Surroundings surroundings, Problems problems) {
        this.properties = properties;
        this.surroundings = surroundings;
        this.problems = problems;
        this.limitReader = new LimitReader(problems);
        this.tiers = new RuleTiers(properties, problems);
    }

    /** Reads the rule that applies where no other does; empty if there is none or something is wrong with it. */
    Optional<Rule> readDefault() {
        RateLimitProperties.DefaultRule rule = properties.defaultRule();
        if (rule == null) {
            return Optional.empty();
        }
        String property = "ratelimit.default";
        int before = problems.size();
        Map<String, List<Limit>> tierLimits = tiers.read(property, rule.tiered(), Map.of(), rule.algorithm());
        List<Limit> own = ownLimits(property, rule.limit(), List.of(), rule.algorithm(), null, tierLimits);
        return problems.size() > before
                ? Optional.empty()
                : Optional.of(
                        withLimits(Rule.named(DEFAULT_ID), own, tierLimits).build());
    }

    /** Reads one rule; empty if something is wrong with it. */
    Optional<Rule> read(String property, RuleProperties rule) {
        int before = problems.size();
        checkId(property, rule.id());
        List<String> paths = paths(property, rule);
        List<String> methods = methods(property + ".methods", rule.methods());
        Optional<RuleKey> key = key(property + ".key", rule.key());
        Map<String, List<Limit>> tierLimits = tiers.read(property, rule.tiered(), rule.tiers(), rule.algorithm());
        key.ifPresent(known -> tiers.checkKey(property, rule, known));
        List<Limit> own = ownLimits(property, rule.limit(), rule.limits(), rule.algorithm(), rule.burst(), tierLimits);
        RuleCost cost = cost(property + ".cost", rule.cost(), own, tierLimits);
        checkRanges(property, rule);
        checkDelay(property, rule, own, tierLimits);
        if (problems.size() > before || rule.id() == null || key.isEmpty()) {
            return Optional.empty();
        }
        Rule.Builder built = withLimits(Rule.named(rule.id()), own, tierLimits)
                .paths(paths.toArray(String[]::new))
                .methods(methods.toArray(String[]::new))
                .key(key.get())
                .cost(cost)
                .countedStatuses(Set.copyOf(rule.countWhen().status()).toArray(Integer[]::new))
                .onFailure(rule.onFailure())
                .mode(rule.mode())
                .enforcePercent(rule.enforcePercent())
                .maxDelay(rule.maxDelay());
        if (rule.phase() != null) {
            built.phase(rule.phase());
        }
        return Optional.of(built.build());
    }

    private static Rule.Builder withLimits(Rule.Builder rule, List<Limit> own, Map<String, List<Limit>> tierLimits) {
        rule.limits(own.toArray(Limit[]::new));
        tierLimits.forEach((tier, limits) -> rule.tier(tier, limits.toArray(Limit[]::new)));
        return rule;
    }

    private void checkId(String entry, @Nullable String id) {
        String property = entry + ".id";
        String expected = "1 to 64 of a-z, 0-9 and -, different for each rule";
        if (id == null || id.isEmpty()) {
            problems.addIncomplete(entry, property, id, "a rule has to have an id", expected, property + ": login");
        } else if (!ID.matcher(id).matches()) {
            problems.add(property, id, "the id has another form", expected, "login");
        } else if (id.equals(DEFAULT_ID) && properties.defaultRule() != null) {
            problems.add(property, id, "the id is that of ratelimit.default", expected, "login");
        }
    }

    private List<String> paths(String property, RuleProperties rule) {
        Set<String> all = new LinkedHashSet<>(rule.paths());
        PathCheck check = new PathCheck(problems);
        for (int i = 0; i < rule.paths().size(); i++) {
            checkPath(
                    check,
                    problems.given().elementOf(property + ".paths", i),
                    rule.paths().get(i));
        }
        String path = rule.path();
        if (path != null) {
            if (!rule.paths().isEmpty()) {
                problems.addSuperfluous(property + ".path", path, "there are paths beside it", "one of path and paths");
            }
            checkPath(check, property + ".path", path);
            all.add(path);
        }
        return List.copyOf(all);
    }

    private void checkPath(PathCheck check, String property, String path) {
        if (check.check(property, path)) {
            check.checkNotExcluded(property, path, properties.exclude());
        }
    }

    private List<String> methods(String property, List<String> names) {
        Set<String> methods = new LinkedHashSet<>();
        for (int i = 0; i < names.size(); i++) {
            String method = names.get(i).toUpperCase(Locale.ROOT);
            if (METHODS.contains(method)) {
                methods.add(method);
            } else {
                problems.addUnknown(problems.given().elementOf(property, i), names.get(i), "HTTP method", METHODS);
            }
        }
        return List.copyOf(methods);
    }

    private Optional<RuleKey> key(String property, String text) {
        RuleKey key;
        try {
            key = RuleKey.parse(text);
        } catch (IllegalArgumentException refused) {
            problems.add(property, text, refused, "ip");
            return Optional.empty();
        }
        if (key.kind() == RuleKey.Kind.EXPRESSION) {
            new ExpressionCheck(problems).checkKey(property, text);
        } else if (key.kind() == RuleKey.Kind.RESOLVER
                && !surroundings.keyResolvers().contains(text)) {
            addUnknownKey(property, text);
            return Optional.empty();
        }
        return Optional.of(key);
    }

    private void addUnknownKey(String property, String text) {
        List<String> known = new ArrayList<>(KEYS);
        known.addAll(surroundings.keyResolvers());
        problems.add(
                property,
                text,
                "there is no such key and no KeyResolver bean of this name",
                "one of " + String.join(", ", known)
                        + ", the name of a KeyResolver bean, or an expression that starts with #"
                        + Suggestion.didYouMean(text, known),
                Suggestion.nearest(text, known).orElse("ip"));
    }

    private List<Limit> ownLimits(
            String property,
            @Nullable String limit,
            List<LimitProperties> list,
            Algorithm algorithm,
            @Nullable Long burst,
            Map<String, List<Limit>> tierLimits) {
        if (limit == null && list.isEmpty()) {
            List<Limit> ofDefaultTier = tierLimits.getOrDefault(properties.defaultTier(), List.of());
            if (ofDefaultTier.isEmpty()) {
                limitReader.read(property + ".limit", null, algorithm, property + ".burst", burst);
            } else {
                tiers.checkNoBurst(property, burst);
            }
            return ofDefaultTier;
        }
        if (list.isEmpty()) {
            return limitReader.read(property + ".limit", limit, algorithm, property + ".burst", burst).stream()
                    .toList();
        }
        if (limit != null) {
            problems.addSuperfluous(
                    property + ".limit", limit, "there are limits beside it", "one of limit and limits");
        }
        tiers.checkNoBurst(property, burst);
        return limitReader.readAll(property + ".limits", list, algorithm);
    }

    private RuleCost cost(String property, String text, List<Limit> own, Map<String, List<Limit>> tierLimits) {
        RuleCost cost;
        try {
            cost = RuleCost.parse(text);
        } catch (IllegalArgumentException refused) {
            problems.add(property, text, refused, "1");
            return RuleCost.ONE;
        }
        if (cost.expression() != null) {
            new ExpressionCheck(problems).checkCost(property, text);
            return cost;
        }
        List<Limit> all = new ArrayList<>(own);
        tierLimits.values().forEach(all::addAll);
        for (Limit limit : all) {
            if (cost.permits() > limit.capacity()) {
                problems.add(
                        property,
                        cost.permits(),
                        "the limit " + limit + " has room for " + limit.capacity() + ", so no request is ever admitted",
                        "at most " + limit.capacity() + ", or a larger "
                                + (limit.algorithm().hasBurst() ? "burst" : "limit"),
                        "1");
                break;
            }
        }
        return cost;
    }

    private void checkRanges(String property, RuleProperties rule) {
        if (rule.enforcePercent() < 0 || rule.enforcePercent() > 100) {
            problems.add(
                    property + ".enforce-percent",
                    rule.enforcePercent(),
                    "this is no share of a hundred",
                    "a whole number from 0 to 100",
                    "10");
        }
        for (int i = 0; i < rule.countWhen().status().size(); i++) {
            int status = rule.countWhen().status().get(i);
            if (status < 100 || status > 599) {
                problems.add(
                        problems.given().elementOf(property + ".count-when.status", i),
                        status,
                        "this is no HTTP status",
                        "a whole number from 100 to 599",
                        "401");
            }
        }
    }

    private void checkDelay(
            String property, RuleProperties rule, List<Limit> own, Map<String, List<Limit>> tierLimits) {
        if (rule.maxDelay().isNegative() || rule.maxDelay().isZero()) {
            problems.add(
                    property + ".max-delay",
                    rule.maxDelay(),
                    "no request can wait so long",
                    "a duration above zero, such as 5s",
                    "5s");
            return;
        }
        new DelayCheck(problems).check(property, rule.maxDelay(), own, tierLimits);
    }
}
