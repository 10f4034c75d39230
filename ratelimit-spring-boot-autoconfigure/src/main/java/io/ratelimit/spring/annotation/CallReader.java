package io.ratelimit.spring.annotation;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.rule.Rule;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the annotations of a method that is limited around its calls. Safe for any number of threads. */
final class CallReader {
    /** By name, because the libraries need not be there; those of Reactor are publishers by an interface of their own. */
    private static final Set<String> PUBLISHERS = Set.of(
            "java.util.concurrent.Flow$Publisher", "org.reactivestreams.Publisher", "kotlinx.coroutines.flow.Flow");

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
        MethodExpressions expressions = MethodExpressions.overArguments(type, method);
        Map<String, CallRule> read = new LinkedHashMap<>();
        for (Declaration declaration : declarations) {
            RuleReference reference = rules.read(declaration, problems);
            String name = declaration.annotation().fallback();
            FallbackMethod fallback = name.isEmpty() ? null : FallbackMethod.find(name, type, method, problems);
            if (reference == null) {
                continue;
            }
            requireDelay(type, method, reference.rule(), problems);
            Rule rule = reference.rule();
            CallRule call = reference.isOwn()
                    ? new CallRule(
                            reference.withFixedCost(),
                            expressions.key(rule, problems),
                            expressions.cost(rule, problems),
                            fallback)
                    : new CallRule(reference, null, null, fallback);
            read.merge(rule.id(), call, (first, nearer) -> nearer.fallback() == null ? first : nearer);
        }
        return List.copyOf(read.values());
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
