package io.ratelimit.spring.annotation;

import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * Finds out what to ask of a rule for the one who made a request, without asking it: unlike a request, a method may be called
 * several times, and each call counts.
 */
@FunctionalInterface
public interface RequestDemands {
    /**
     * Returns what to ask, with the rule's key and cost read from the request.
     *
     * @return empty if the rule does not limit this requester
     */
    Optional<RuleDemand> demand(HttpServletRequest request, Rule rule);
}
