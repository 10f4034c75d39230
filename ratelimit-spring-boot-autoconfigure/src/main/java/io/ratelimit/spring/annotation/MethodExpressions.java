package io.ratelimit.spring.annotation;

import io.ratelimit.limit.Quoted;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.spring.expression.ArgumentExpression;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.DefaultParameterNameDiscoverer;

/**
 * Reads the expressions of the annotations at one method, and says what they may read.
 *
 * @param where the method, as its author is told
 * @param variables the position of each variable among the arguments, by its name; of those of a request the position means
 *     nothing
 * @param named whether the compiler kept the names of the parameters
 * @param over what the variables are
 * @param keyExample the key of a right annotation
 * @param costExample the cost of a right annotation
 */
record MethodExpressions(
        String where,
        Map<String, Integer> variables,
        boolean named,
        String over,
        String keyExample,
        String costExample) {
    /** Returns the expressions of a method that is limited around its calls. Its arguments have names or places, or both. */
    static MethodExpressions overArguments(Class<?> type, Method method) {
        Map<String, Integer> positions = new HashMap<>();
        int count = SuspendFunctions.parameters(method).length;
        @Nullable String @Nullable [] names = new DefaultParameterNameDiscoverer().getParameterNames(method);
        for (int i = 0; i < count; i++) {
            positions.put("a" + i, i);
            positions.put("p" + i, i);
            String name = names == null ? null : names[i];
            if (name != null) {
                positions.put(name, i);
            }
        }
        return new MethodExpressions(
                Declaration.where(type, method),
                positions,
                names != null || count == 0,
                "arguments",
                "#order.customerId",
                "#order.items.size()");
    }

    /** Returns the expressions of a method that handles web requests, whose arguments are not bound when it is limited. */
    static MethodExpressions overRequest(Class<?> type, Method method, Set<String> variables) {
        return new MethodExpressions(
                Declaration.where(type, method),
                variables.stream().collect(Collectors.toMap(Function.identity(), name -> 0)),
                // Variables of the query may be named after parameters.
                Stream.of(method.getParameters()).allMatch(Parameter::isNamePresent),
                "request, before there are arguments",
                "#headers['X-Tenant']",
                "#headers['X-Tenant']");
    }

    /** Returns the expression of a rule's key, or {@code null} if it has none, or after telling what is wrong with it. */
    @Nullable
    ArgumentExpression key(Rule rule, AnnotationProblems problems) {
        return rule.key().kind() == RuleKey.Kind.EXPRESSION
                ? read("key", rule.key().text(), keyExample, problems)
                : null;
    }

    /** Returns the expression of a rule's cost, or {@code null} if it has none, or after telling what is wrong with it. */
    @Nullable
    ArgumentExpression cost(Rule rule, AnnotationProblems problems) {
        String expression = rule.cost().expression();
        return expression == null ? null : read("cost", expression, costExample, problems);
    }

    private @Nullable ArgumentExpression read(
            String attribute, String text, String example, AnnotationProblems problems) {
        try {
            return ArgumentExpression.parse(text, variables);
        } catch (IllegalArgumentException useless) {
            problems.add(new AnnotationProblem(
                    where,
                    attribute,
                    Quoted.text(text),
                    "it " + useless.getMessage() + whyNameless(),
                    "a SpEL expression over the " + over + ": " + toChooseFrom(),
                    "@RateLimited(value = \"100/1h\", " + attribute + " = \"" + example + "\")"));
            return null;
        }
    }

    private String whyNameless() {
        return named
                ? ""
                : "; parameters have names in classes that are compiled with -parameters (Kotlin: -java-parameters), which this"
                        + " one was not";
    }

    private String toChooseFrom() {
        return variables.isEmpty()
                ? "the method has none"
                : variables.keySet().stream().sorted().map(name -> "#" + name).collect(Collectors.joining(", "));
    }
}
