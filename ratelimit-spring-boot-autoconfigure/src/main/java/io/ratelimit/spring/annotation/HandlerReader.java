package io.ratelimit.spring.annotation;

import io.ratelimit.limit.Quoted;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
            if (reference instanceof RuleReference.Own own) {
                checkExpressions(type, method, own.rule(), problems);
            }
        }
        return List.copyOf(read.values());
    }

    private void checkExpressions(Class<?> type, Method method, Rule rule, AnnotationProblems problems) {
        if (rule.key().kind() == RuleKey.Kind.EXPRESSION) {
            check(type, method, "key", rule.key().text(), problems);
        }
        check(type, method, "cost", rule.cost().expression(), problems);
    }

    /** The parameters of the query may be named after those of the method. */
    private static boolean hasNames(Method method) {
        return Stream.of(method.getParameters()).allMatch(Parameter::isNamePresent);
    }

    private void check(
            Class<?> type, Method method, String attribute, @Nullable String text, AnnotationProblems problems) {
        if (text == null) {
            return;
        }
        Set<String> variables = web.variables(type, method);
        try {
            AnnotationExpressions.parse(text, variables);
        } catch (IllegalArgumentException useless) {
            problems.add(new AnnotationProblem(
                    Declaration.where(type, method),
                    attribute,
                    Quoted.text(text),
                    useless.getMessage() + (hasNames(method) ? "" : AnnotationExpressions.NAMELESS),
                    "a SpEL expression over the request, before there are arguments: "
                            + String.join(
                                    ", ",
                                    variables.stream()
                                            .sorted()
                                            .map(name -> "#" + name)
                                            .toList()),
                    "@RateLimited(value = \"5/1m\", " + attribute + " = \"#headers['X-Tenant']\")"));
        }
    }
}
