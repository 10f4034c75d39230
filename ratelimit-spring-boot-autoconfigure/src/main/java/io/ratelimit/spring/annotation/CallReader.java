package io.ratelimit.spring.annotation;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Quoted;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;

/** Reads the annotations of a method that is limited around its calls. Safe for any number of threads. */
final class CallReader {
    /** By name, because the libraries need not be there; those of Reactor are publishers by an interface of their own. */
    private static final Set<String> PUBLISHERS = Set.of(
            "java.util.concurrent.Flow$Publisher", "org.reactivestreams.Publisher", "kotlinx.coroutines.flow.Flow");

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
        Arguments arguments = arguments(method);
        Map<String, CallRule> read = new LinkedHashMap<>();
        for (Declaration declaration : declarations) {
            RuleReference reference = rules.read(declaration, problems);
            String name = declaration.annotation().fallback();
            FallbackMethod fallback = name.isEmpty() ? null : FallbackMethod.find(name, type, method, problems);
            if (reference == null) {
                continue;
            }
            requireDelay(type, method, reference.rule(), problems);
            CallRule rule = reference instanceof RuleReference.Own own
                    ? ownRule(type, method, own, arguments, fallback, problems)
                    : new CallRule(reference, null, null, fallback);
            read.merge(reference.rule().id(), rule, (first, nearer) -> nearer.fallback() == null ? first : nearer);
        }
        return List.copyOf(read.values());
    }

    private static CallRule ownRule(
            Class<?> type,
            Method method,
            RuleReference.Own own,
            Arguments arguments,
            @Nullable FallbackMethod fallback,
            AnnotationProblems problems) {
        String where = Declaration.where(type, method);
        Rule rule = own.rule();
        String key = rule.key().kind() == RuleKey.Kind.EXPRESSION ? rule.key().text() : null;
        return new CallRule(
                own.withFixedCost(),
                expression(where, "key", key, arguments, problems),
                expression(where, "cost", rule.cost().expression(), arguments, problems),
                fallback);
    }

    private static @Nullable ArgumentExpression expression(
            String where, String attribute, @Nullable String text, Arguments arguments, AnnotationProblems problems) {
        if (text == null) {
            return null;
        }
        try {
            AnnotationExpressions.Checked checked =
                    AnnotationExpressions.parse(text, arguments.positions().keySet());
            return ArgumentExpression.of(checked.expression(), checked.variables(), arguments.positions());
        } catch (IllegalArgumentException useless) {
            problems.add(new AnnotationProblem(
                    where,
                    attribute,
                    Quoted.text(text),
                    useless.getMessage() + arguments.whyNameless(),
                    "a SpEL expression over the arguments: " + arguments.toChooseFrom(),
                    "@RateLimited(value = \"100/1h\", " + attribute + " = \"#order."
                            + (attribute.equals("key") ? "customerId" : "items.size()") + "\")"));
            return null;
        }
    }

    /**
     * The arguments of a method.
     *
     * @param positions where each stands, from 0, by its name and by {@code a} and {@code p} with its position
     * @param named whether the compiler kept their names
     */
    private record Arguments(Map<String, Integer> positions, boolean named) {
        String toChooseFrom() {
            return positions.isEmpty()
                    ? "the method has none"
                    : positions.keySet().stream()
                            .sorted()
                            .map(name -> "#" + name)
                            .collect(Collectors.joining(", "));
        }

        String whyNameless() {
            return named ? "" : AnnotationExpressions.NAMELESS;
        }
    }

    private Arguments arguments(Method method) {
        Map<String, Integer> positions = new HashMap<>();
        int count = SuspendFunctions.parameters(method).length;
        @Nullable String @Nullable [] names = parameterNames.getParameterNames(method);
        for (int i = 0; i < count; i++) {
            positions.put("a" + i, i);
            positions.put("p" + i, i);
            String name = names == null ? null : names[i];
            if (name != null) {
                positions.put(name, i);
            }
        }
        return new Arguments(positions, names != null || count == 0);
    }

    /** A publisher does its work when somebody subscribes, maybe several times: counting the call would count nothing. */
    private static void requireNoPublisher(Class<?> type, Method method, AnnotationProblems problems) {
        Class<?> result = SuspendFunctions.result(method);
        if (isPublisher(result)) {
            problems.add(new AnnotationProblem(
                    Declaration.where(type, method),
                    "method",
                    result.getSimpleName(),
                    "what it returns does its work when it is subscribed to, which a limit around the call does not see",
                    "a method that returns a value or a CompletionStage, a suspend function that returns a value, or a handler of"
                            + " servlet requests",
                    "@RateLimited(\"5/1m\") CompletableFuture<Quote> quote()"));
        }
    }

    /** Without this library a call of a suspend function inside a proxy is that of any method, which could only be parked. */
    private static void requireDelay(Class<?> type, Method method, Rule rule, AnnotationProblems problems) {
        boolean delays = Stream.concat(
                        rule.limits().stream(), rule.tiers().values().stream().flatMap(List::stream))
                .anyMatch(limit -> limit.limit().algorithm() == Algorithm.LEAKY_BUCKET);
        if (delays && SuspendFunctions.isOne(method) && !SuspendFunctions.canBeDelayed()) {
            problems.add(new AnnotationProblem(
                    Declaration.where(type, method),
                    "algorithm",
                    Algorithm.LEAKY_BUCKET.id(),
                    "Spring delays a suspend function by the library kotlinx-coroutines-reactor, which is not there",
                    "org.jetbrains.kotlinx:kotlinx-coroutines-reactor on the class path, or another algorithm",
                    "@RateLimited(value = \"10/1s\", algorithm = Algorithm.TOKEN_BUCKET)"));
        }
    }

    private static boolean isPublisher(@Nullable Class<?> type) {
        return type != null
                && (PUBLISHERS.contains(type.getName())
                        || isPublisher(type.getSuperclass())
                        || Stream.of(type.getInterfaces()).anyMatch(CallReader::isPublisher));
    }
}
