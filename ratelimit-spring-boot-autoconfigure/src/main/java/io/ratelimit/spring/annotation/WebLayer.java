package io.ratelimit.spring.annotation;

import io.ratelimit.RuleDecision;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What limits on methods have to know about web requests; by default that there are none. Names no type of the Servlet API, so
 * that an application without it can do without.
 *
 * <p>Safe for any number of threads.
 */
public interface WebLayer {
    /** Returns the layer of an application that has no web requests. Not a constant, which its own class would wait for. */
    static WebLayer none() {
        return new WebLayer() {};
    }

    /** Returns whether the methods of a class may handle web requests. */
    default boolean isController(Class<?> type) {
        return false;
    }

    /** Returns whether a method handles web requests, so that its limits are decided before its arguments are bound. */
    default boolean isHandler(Class<?> type, Method method) {
        return false;
    }

    /** Returns whether the limits of handlers are decided at all. */
    default boolean limitsHandlers() {
        return false;
    }

    /** Returns the names that an expression at such a method may use, without the {@code #}. */
    default Set<String> variables(Class<?> type, Method handler) {
        return Set.of();
    }

    /** Returns the web request that this thread is handling; empty if it handles none. */
    default Optional<RequestCall> currentRequest() {
        return Optional.empty();
    }

    /** Asks rules on behalf of the one who made a request. */
    interface RequestCall {
        /** Returns what to ask of a rule; empty if it does not limit this requester. */
        Optional<RuleDemand> demand(Rule rule);

        /** Takes the permits of all rules or of none, of each at most once for the request; empty if nothing was asked. */
        Optional<RuleDecision> acquireOnce(List<Rule> rules);
    }
}
