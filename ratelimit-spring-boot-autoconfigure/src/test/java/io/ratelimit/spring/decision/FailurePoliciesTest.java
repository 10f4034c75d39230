package io.ratelimit.spring.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.RuleDecision;
import io.ratelimit.limit.FailurePolicy;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Ticker;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailurePoliciesTest {
    private final FailurePolicies policies = new FailurePolicies(Ticker.system());

    @Test
    void admitsWithoutAnythingToGiveBack() {
        RuleDecision decision =
                policies.decide(List.of(demand("local", FailurePolicy.LOCAL), demand("allow", FailurePolicy.ALLOW)));

        assertThat(decision.decision().allowed()).isTrue();
        assertThat(decision.decision().grants()).isEmpty();
    }

    @Test
    void deniesWhereOneRuleDeniesAndDoesNotAskTheWatched() {
        RuleDecision decision = policies.decide(List.of(
                demand("watched", FailurePolicy.LOCAL, Mode.SHADOW),
                demand("allow", FailurePolicy.ALLOW),
                demand("deny", FailurePolicy.DENY)));

        assertThat(decision.decision().allowed()).isFalse();
        assertThat(decision.decision().retryAfter()).contains(Duration.ofSeconds(1));
        assertThat(decision.rules())
                .extracting(rule -> rule.limits().size())
                .as("answers of each rule")
                .containsExactly(0, 1, 1);
    }

    private static RuleDemand demand(String id, FailurePolicy policy) {
        return demand(id, policy, Mode.ENFORCE);
    }

    private static RuleDemand demand(String id, FailurePolicy policy, Mode mode) {
        Rule rule = Rule.named(id)
                .limits(Limit.parse("5/1m"))
                .onFailure(policy)
                .mode(mode)
                .build();
        return RuleDemand.of(rule, "owner", null, 1, Mode.ENFORCE).orElseThrow();
    }
}
