package io.ratelimit.spring.actuate;

import io.ratelimit.RuleDecision;
import io.ratelimit.RuleLimiter;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.spring.web.RequestExplanation;
import io.ratelimit.spring.web.RequestExplanation.RuleExplanation;
import io.ratelimit.spring.web.servlet.RateLimitWeb;
import io.ratelimit.store.CleanThreads;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Explains requests of a servlet application: by the same matching and the same identities as the filter's. */
public final class ServletRequestExplainer implements RequestExplainer {
    private static final int LONGEST_WAIT_SECONDS = 15;

    private final RateLimitWeb web;
    private final RuleLimiter limiter;

    /**
     * Creates an explainer.
     *
     * @param web matches and identifies
     * @param limiter knows what is counted
     */
    public ServletRequestExplainer(RateLimitWeb web, RuleLimiter limiter) {
        this.web = web;
        this.limiter = limiter;
    }

    /**
     * What would become of a request.
     *
     * @param standing limited, excluded, exempt or blocked
     * @param allowed whether it would be admitted
     * @param rules what each rule that applies says
     */
    public record Explanation(String standing, boolean allowed, List<ExplainedRule> rules) {}

    /**
     * What one rule says.
     *
     * @param rule the rule's id
     * @param key whose quota it counts, as configured
     * @param phase when it is decided
     * @param counts the kind of identity that is counted for this request
     * @param mode enforce or shadow for this identity; {@code null} if it is not limited
     * @param cost what the request costs; {@code null} if it is not limited
     * @param quota what is counted; {@code null} if the requester is not limited
     */
    public record ExplainedRule(
            String rule,
            String key,
            String phase,
            String counts,
            @Nullable String mode,
            @Nullable Long cost,
            @Nullable QuotaDescription quota) {}

    @Override
    public Explanation explain(String method, String path, String address, @Nullable String user) {
        RequestExplanation explanation = web.explain(ImaginedRequest.of(method, path, address, user));
        List<ExplainedRule> rules =
                explanation.rules().stream().map(this::describe).toList();
        boolean allowed = explanation.standing() != RequestExplanation.Standing.BLOCKED
                && rules.stream().allMatch(ServletRequestExplainer::admits);
        return new Explanation(explanation.standing().id(), allowed, rules);
    }

    private static boolean admits(ExplainedRule rule) {
        return rule.quota() == null || rule.quota().allowed() || "shadow".equals(rule.mode());
    }

    private ExplainedRule describe(RuleExplanation explained) {
        RuleDemand demand = explained.demand().orElse(null);
        return new ExplainedRule(
                explained.rule().id(),
                explained.rule().key().toString(),
                explained.phase().id(),
                explained.identityKind(),
                demand == null ? null : demand.mode().id(),
                demand == null ? null : demand.cost(),
                demand == null ? null : quota(demand));
    }

    private QuotaDescription quota(RuleDemand demand) {
        CleanThreads.forTimeouts();
        RuleDecision decision = limiter.peek(List.of(demand))
                .toCompletableFuture()
                .orTimeout(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)
                .join();
        return QuotaDescription.of(decision.rules().get(0));
    }
}
