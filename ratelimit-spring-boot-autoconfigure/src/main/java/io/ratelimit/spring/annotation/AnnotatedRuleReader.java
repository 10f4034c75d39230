package io.ratelimit.spring.annotation;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.FailurePolicy;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Quoted;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleCost;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.rule.RuleSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes rules of annotations, and sees to it that a name means one thing only. Safe for any number of threads.
 */
final class AnnotatedRuleReader {
    private static final String COST_EXAMPLE = "@RateLimited(value = \"100/1h\", cost = \"5\")";
    private static final String KEY_EXAMPLE = "@RateLimited(value = \"5/1m\", key = \"#phone\")";
    private static final String NAME_EXAMPLE = "@RateLimited(name = \"login\")";

    private final Supplier<RuleSet> configured;
    private final UnaryOperator<String> placeholders;
    private final AnnotatedLimitReader limits;
    private final Map<String, OwnRule> own;
    private final Set<String> named;

    /**
     * Creates a reader.
     *
     * @param parent the reader of the context above, with which this one shares what it has read: one name means one rule in
     *     both; {@code null}: there is none
     */
    AnnotatedRuleReader(
            Supplier<RuleSet> configured, UnaryOperator<String> placeholders, @Nullable AnnotatedRuleReader parent) {
        this.configured = configured;
        this.placeholders = placeholders;
        this.limits = new AnnotatedLimitReader(placeholders);
        this.own = parent == null ? new ConcurrentHashMap<>() : parent.own;
        this.named = parent == null ? ConcurrentHashMap.newKeySet() : parent.named;
    }

    /** Returns the rules that annotations define, in no order. */
    List<Rule> ownRules() {
        return own.values().stream().map(OwnRule::rule).toList();
    }

    /** Returns the ids of the configuration's rules that annotations point at. */
    Set<String> namedRules() {
        return Set.copyOf(named);
    }

    /** Returns what an annotation stands for, or {@code null} after telling what is wrong with it. */
    @Nullable
    RuleReference read(Declaration declaration, AnnotationProblems problems) {
        return AnnotatedLimitReader.isGiven(declaration.annotation())
                ? readOwn(declaration, problems)
                : readNamed(declaration, problems);
    }

    private @Nullable RuleReference readNamed(Declaration declaration, AnnotationProblems problems) {
        String where = declaration.where();
        RateLimited annotation = declaration.annotation();
        if (annotation.name().isEmpty()) {
            problems.add(new AnnotationProblem(
                    where,
                    "limit",
                    null,
                    "it neither has a limit nor names a rule",
                    "limit and window, or the name of a rule of the configuration",
                    AnnotationProblem.LIMIT_EXAMPLE + " or " + NAME_EXAMPLE));
            return null;
        }
        String id = resolved(where, "name", annotation.name(), problems);
        List<String> others = attributesBesideName(annotation);
        if (!others.isEmpty()) {
            problems.add(new AnnotationProblem(
                    where,
                    "name",
                    Quoted.text(annotation.name()),
                    "a rule of the configuration settles everything itself, and beside its name stands "
                            + String.join(", ", others),
                    "name and fallback alone, or a limit and window beside the others",
                    NAME_EXAMPLE));
            return null;
        }
        if (id == null) {
            return null;
        }
        Optional<Rule> rule = configured.get().find(id);
        if (rule.isEmpty()) {
            problems.add(new AnnotationProblem(
                    where,
                    "name",
                    Quoted.text(id),
                    "no rule of the configuration has this id",
                    "one of " + idsToChooseFrom() + ", or a limit and window beside the name",
                    NAME_EXAMPLE));
            return null;
        }
        named.add(id);
        return new RuleReference(rule.get(), configured);
    }

    private String idsToChooseFrom() {
        RuleSet rules = configured.get();
        String ids = Stream.concat(rules.rules().stream(), rules.defaultRule().stream())
                .map(Rule::id)
                .limit(20)
                .collect(Collectors.joining(", "));
        return ids.isEmpty() ? "the configured rules, of which there is none" : ids;
    }

    private static List<String> attributesBesideName(RateLimited annotation) {
        List<String> others = new ArrayList<>();
        if (annotation.algorithm() != Algorithm.TOKEN_BUCKET) {
            others.add("algorithm");
        }
        if (!annotation.key().equals(RuleKey.IDENTITY.text())) {
            others.add("key");
        }
        if (!annotation.cost().equals("1")) {
            others.add("cost");
        }
        if (annotation.onFailure() != FailurePolicy.LOCAL) {
            others.add("onFailure");
        }
        return others;
    }

    private @Nullable RuleReference readOwn(Declaration declaration, AnnotationProblems problems) {
        String where = declaration.where();
        RateLimited annotation = declaration.annotation();
        Limit limit = limits.read(where, annotation, problems);
        RuleKey key = key(where, annotation, problems);
        RuleCost cost = cost(where, annotation, problems);
        String id = annotation.name().isEmpty()
                ? RuleIds.of(declaration)
                : resolved(where, "name", annotation.name(), problems);
        if (limit == null || key == null || cost == null || id == null) {
            return null;
        }
        AnnotatedLimitReader.requirePayable(where, cost, limit, problems);
        try {
            Rule rule = Rule.named(id)
                    .limits(limit)
                    .key(key)
                    .cost(cost)
                    .onFailure(annotation.onFailure())
                    .build();
            return define(id, new OwnRule(rule, where), problems);
        } catch (IllegalArgumentException badName) {
            problems.add(
                    AnnotationProblem.of(where, "name", badName, "@RateLimited(name = \"login\", value = \"5/1m\")"));
            return null;
        }
    }

    private @Nullable RuleReference define(String id, OwnRule wanted, AnnotationProblems problems) {
        if (configured.get().find(id).isPresent()) {
            problems.add(new AnnotationProblem(
                    wanted.where(),
                    "name",
                    Quoted.text(id),
                    "a rule of the configuration has this id, and the annotation sets a limit of its own",
                    "the name without a limit, or another name",
                    NAME_EXAMPLE));
            return null;
        }
        OwnRule first = own.putIfAbsent(id, wanted);
        if (first != null && !first.settings().equals(wanted.settings())) {
            problems.add(new AnnotationProblem(
                    wanted.where(),
                    "name",
                    Quoted.text(id),
                    "it is also the name of another limit, on " + first.where() + ": " + first.settings() + " and not "
                            + wanted.settings(),
                    "the same settings wherever a name is used, or another name",
                    "@RateLimited(name = \"login\", value = \"5/1m\")"));
            return null;
        }
        return new RuleReference(first == null ? wanted.rule() : first.rule(), null);
    }

    private @Nullable RuleKey key(String where, RateLimited annotation, AnnotationProblems problems) {
        String text = resolved(where, "key", annotation.key(), problems);
        if (text == null) {
            return null;
        }
        RuleKey key = text.isBlank() ? null : RuleKey.parse(text);
        if (key == null || key.kind() == RuleKey.Kind.RESOLVER) {
            problems.add(new AnnotationProblem(
                    where,
                    "key",
                    Quoted.text(text),
                    "there is no such kind of key",
                    "identity, api-key, user, ip, global, or an expression that starts with #",
                    KEY_EXAMPLE));
            return null;
        }
        return key;
    }

    private @Nullable RuleCost cost(String where, RateLimited annotation, AnnotationProblems problems) {
        String text = resolved(where, "cost", annotation.cost(), problems);
        if (text == null) {
            return null;
        }
        try {
            return RuleCost.parse(text);
        } catch (IllegalArgumentException refused) {
            problems.add(AnnotationProblem.of(where, "cost", refused, COST_EXAMPLE));
            return null;
        }
    }

    private @Nullable String resolved(String where, String attribute, String text, AnnotationProblems problems) {
        try {
            return placeholders.apply(text);
        } catch (IllegalArgumentException unresolvable) {
            problems.add(AnnotatedLimitReader.unresolvable(where, attribute, text));
            return null;
        }
    }
}
