package io.ratelimit.spring.annotation;

import io.ratelimit.limit.Quoted;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;

/** Reads the annotations of a method that is limited around its calls. Safe for any number of threads. */
final class CallReader {
    private static final String PUBLISHER = "org.reactivestreams.Publisher";

    private final ParameterNameDiscoverer parameterNames = new DefaultParameterNameDiscoverer();
    private final AnnotatedRuleReader rules;

    CallReader(AnnotatedRuleReader rules) {
        this.rules = rules;
    }

    /**
     * Returns the annotations that are right, after telling what is wrong with the others. Of several for one rule there is
     * one, with the fallback that stands nearest to the method.
     */
    List<CallRule> read(Class<?> type, Method method, List<Declaration> declarations, AnnotationProblems problems) {
        requireNoPublisher(type, method, problems);
        Map<String, Integer> positions = positions(method);
        Map<String, CallRule> read = new LinkedHashMap<>();
        for (Declaration declaration : declarations) {
            RuleReference reference = rules.read(declaration, problems);
            String name = declaration.annotation().fallback();
            FallbackMethod fallback = name.isEmpty() ? null : FallbackMethod.find(name, type, method, problems);
            if (reference == null) {
                continue;
            }
            CallRule rule = reference instanceof RuleReference.Own own
                    ? ownRule(type, method, own, positions, fallback, problems)
                    : new CallRule(reference, null, null, fallback);
            read.merge(reference.rule().id(), rule, (first, nearer) -> nearer.fallback() == null ? first : nearer);
        }
        return List.copyOf(read.values());
    }

    private static CallRule ownRule(
            Class<?> type,
            Method method,
            RuleReference.Own own,
            Map<String, Integer> positions,
            @Nullable FallbackMethod fallback,
            AnnotationProblems problems) {
        String where = Declaration.where(type, method);
        Rule rule = own.rule();
        String key = rule.key().kind() == RuleKey.Kind.EXPRESSION ? rule.key().text() : null;
        return new CallRule(
                own.withFixedCost(),
                expression(where, "key", key, positions, problems),
                expression(where, "cost", rule.cost().expression(), positions, problems),
                fallback);
    }

    private static @Nullable ArgumentExpression expression(
            String where,
            String attribute,
            @Nullable String text,
            Map<String, Integer> positions,
            AnnotationProblems problems) {
        if (text == null) {
            return null;
        }
        try {
            AnnotationExpressions.Checked checked = AnnotationExpressions.parse(text, positions.keySet());
            return ArgumentExpression.of(checked.expression(), checked.variables(), positions);
        } catch (IllegalArgumentException useless) {
            problems.add(new AnnotationProblem(
                    where,
                    attribute,
                    Quoted.text(text),
                    String.valueOf(useless.getMessage()),
                    "a SpEL expression over the arguments: " + argumentsToChooseFrom(positions),
                    "@RateLimited(value = \"100/1h\", " + attribute + " = \"#order."
                            + (attribute.equals("key") ? "customerId" : "items.size()") + "\")"));
            return null;
        }
    }

    private static String argumentsToChooseFrom(Map<String, Integer> positions) {
        return positions.isEmpty()
                ? "the method has none"
                : String.join(
                        ", ",
                        positions.keySet().stream()
                                .sorted()
                                .map(name -> "#" + name)
                                .toList());
    }

    /** Every argument has a place; it has a name too where the compiler kept it. */
    private Map<String, Integer> positions(Method method) {
        Map<String, Integer> positions = new HashMap<>();
        @Nullable String @Nullable [] names = parameterNames.getParameterNames(method);
        for (int i = 0; i < method.getParameterCount(); i++) {
            positions.put("a" + i, i);
            positions.put("p" + i, i);
        }
        for (int i = 0; names != null && i < names.length; i++) {
            String name = names[i];
            if (name != null) {
                positions.put(name, i);
            }
        }
        return positions;
    }

    /** A publisher does its work when somebody subscribes, maybe several times: counting the call would count nothing. */
    private static void requireNoPublisher(Class<?> type, Method method, AnnotationProblems problems) {
        if (isPublisher(method.getReturnType())) {
            problems.add(new AnnotationProblem(
                    Declaration.where(type, method),
                    "method",
                    method.getReturnType().getSimpleName(),
                    "what it returns does its work when it is subscribed to, which a limit around the call does not see",
                    "a method that returns a value or a CompletionStage, or a handler of servlet requests",
                    "@RateLimited(\"5/1m\") CompletableFuture<Quote> quote()"));
        }
    }

    private static boolean isPublisher(Class<?> type) {
        return Flow.Publisher.class.isAssignableFrom(type) || isNamedPublisher(type);
    }

    /** By name, because the library need not be there; those of Reactor are publishers by an interface of their own. */
    private static boolean isNamedPublisher(@Nullable Class<?> type) {
        return type != null
                && (type.getName().equals(PUBLISHER)
                        || isNamedPublisher(type.getSuperclass())
                        || Stream.of(type.getInterfaces()).anyMatch(CallReader::isNamedPublisher));
    }
}
