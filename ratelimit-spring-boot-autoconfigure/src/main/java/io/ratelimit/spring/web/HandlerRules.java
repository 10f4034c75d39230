package io.ratelimit.spring.web;

import io.ratelimit.rule.Rule;
import java.util.List;
import org.springframework.web.method.HandlerMethod;

/**
 * Says which rules a handler method itself asks for, such as those of its annotations. They are enforced before its
 * arguments are bound, as a decision of their own after those of the request's path.
 *
 * <p>Asked for every request: implementations answer from what they found out once, and are safe for any number of threads.
 */
@FunctionalInterface
public interface HandlerRules {
    /** No handler asks for anything. */
    HandlerRules NONE = method -> List.of();

    /**
     * Returns the rules of a handler method.
     *
     * @param method the handler that is about to run
     * @return the rules, all of which have to admit the request; empty if it asks for none
     */
    List<Rule> rulesFor(HandlerMethod method);
}
