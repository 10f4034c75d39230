package io.ratelimit.spring.annotation;

import io.ratelimit.limit.Quoted;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the annotations of a method that handles web requests. Safe for any number of threads. */
final class HandlerReader {
    private final AnnotatedRuleReader rules;
    private final WebLayer web;

    HandlerReader(AnnotatedRuleReader rules, WebLayer web) {
        this.rules = rules;
        this.web = web;
    }

    /** Returns the rules that are right, each once, after telling what is wrong with the others. */
    List<RuleReference> read(
            Class<?> type, Method method, List<Declaration> declarations, AnnotationProblems problems) {
        MethodExpressions expressions = MethodExpressions.overRequest(
                type, method, declarations.isEmpty() ? Set.of() : web.variables(type, method));
        Map<String, RuleReference> read = new LinkedHashMap<>();
        for (Declaration declaration : declarations) {
            RuleReference reference = rules.read(declaration, problems);
            if (!declaration.annotation().fallback().isEmpty()) {
                problems.add(new AnnotationProblem(
                        declaration.where(),
                        "fallback",
                        Quoted.text(declaration.annotation().fallback()),
                        "a request is denied before there are any arguments to call it with",
                        "none, or an @ExceptionHandler for RateLimitExceededException",
                        AnnotationProblem.LIMIT_EXAMPLE));
            }
            if (reference != null) {
                read.putIfAbsent(reference.rule().id(), reference);
            }
            if (reference != null && reference.isOwn()) {
                expressions.key(reference.rule(), problems);
                expressions.cost(reference.rule(), problems);
            }
        }
        return List.copyOf(read.values());
    }
}
