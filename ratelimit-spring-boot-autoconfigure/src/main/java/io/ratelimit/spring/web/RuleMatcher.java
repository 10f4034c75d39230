package io.ratelimit.spring.web;

import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.rule.RuleSet;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.web.cors.CorsUtils;

/**
 * Finds the rules that apply to a request by its path and method, else the default.
 *
 * <p>Immutable and safe for any number of threads.
 */
final class RuleMatcher {
    private static final String OPTIONS = "OPTIONS";
    private static final int ALL = 100;

    private final RuleSet rules;
    private final PathIndex index;

    /** Throws an {@link IllegalArgumentException} if a path pattern cannot be parsed. */
    RuleMatcher(RuleSet rules, PathSensitivity sensitivity) {
        this.rules = rules;
        this.index = new PathIndex(rules.rules(), sensitivity);
    }

    /**
     * Returns the rules that apply, in the order of configuration.
     *
     * @param entry whether the request comes in with this dispatch; one inside it is counted only by rules that name its path
     */
    List<RuleMatch> match(HttpServletRequest request, boolean entry) {
        boolean preflight = isPreflight(request);
        Set<String> methods = methodsOf(request);
        List<RuleMatch> matches = index.find(RequestPaths.of(request), rule -> applies(rule, methods, preflight))
                .matches();
        if (!entry || matches.stream().anyMatch(match -> replacesDefault(match.rule()))) {
            return matches;
        }
        return Stream.concat(
                        matches.stream(),
                        rules
                                .defaultRule()
                                .map(rule ->
                                        new RuleMatch(rule, preflight ? RuleKey.parse("ip") : rule.key(), Map.of()))
                                .stream())
                .toList();
    }

    /** A rule that is only tried out has no influence: until it is enforced for everybody, the default stays beside it. */
    private static boolean replacesDefault(Rule rule) {
        return rule.mode() == Mode.ENFORCE && rule.enforcePercent() == ALL;
    }

    private static boolean applies(Rule rule, Set<String> methods, boolean preflight) {
        if (preflight) {
            return rule.methods().contains(OPTIONS);
        }
        return rule.methods().isEmpty() || methods.stream().anyMatch(rule.methods()::contains);
    }

    /**
     * A browser asks on its own whether it may send the request that matters; counting that under the same rules would
     * charge twice. But only if nothing behind takes it for another method.
     */
    private static boolean isPreflight(HttpServletRequest request) {
        HttpServletRequest container = NativeRequests.unwrap(request);
        return CorsUtils.isPreFlightRequest(request) && CorsUtils.isPreFlightRequest(container);
    }

    /** A filter may override the method by a header or parameter: the request is both what it was and what it became. */
    private static Set<String> methodsOf(HttpServletRequest request) {
        Set<String> methods = new HashSet<>(4);
        addMethod(request, methods);
        addMethod(NativeRequests.unwrap(request), methods);
        return methods;
    }

    private static void addMethod(HttpServletRequest request, Set<String> methods) {
        String method = request.getMethod();
        methods.add(method);
        if ("HEAD".equals(method)) {
            methods.add("GET");
        }
    }
}
