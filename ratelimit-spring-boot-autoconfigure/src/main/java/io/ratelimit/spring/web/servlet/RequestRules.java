package io.ratelimit.spring.web.servlet;

import io.ratelimit.RuleDecision;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;

/**
 * Decides rules for a request from inside the application, as the filter does: keys and costs are read from the request,
 * a rule is charged at most once per request, and the response's headers show the binding limit over all decisions so far.
 */
public interface RequestRules {
    /**
     * Takes the permits of all rules or of none.
     *
     * <p>Waits for the decision, at most for the deadline of the store. What to do about a denial or a delay is the
     * caller's: a {@code RateLimitExceededException} that leaves a handler is answered like a denial of the filter.
     *
     * @param request the request that is being handled
     * @param rules the rules to decide together, whatever their paths
     * @return the decision; empty if nothing was left to ask, because each rule has been charged for this request
     *     already, is off, is unlimited for the requester, or the request is exempt
     */
    Optional<RuleDecision> acquire(HttpServletRequest request, List<Rule> rules);

    /**
     * Returns what to ask of a rule for the one who made a request, without asking it and without noting that it was: for
     * what may happen several times in a request and counts each time.
     *
     * @return empty if the rule is off, is unlimited for the requester, or the request is exempt
     */
    Optional<RuleDemand> demand(HttpServletRequest request, Rule rule);
}
