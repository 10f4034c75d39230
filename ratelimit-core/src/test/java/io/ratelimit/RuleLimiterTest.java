package io.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.store.MemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RuleLimiterTest {
    private static final Rule LOGIN =
            Rule.named("login").limits(Limit.parse("2/1h"), Limit.parse("4/1d")).build();
    private static final Rule OTHER =
            Rule.named("other").limits(Limit.parse("9/1h")).build();
    private static final Rule SHADOW =
            Rule.named("shadow").limits(Limit.parse("9/1h")).mode(Mode.SHADOW).build();

    private final RuleLimiter limiter = new RuleLimiter(MemoryStore.withMaxKeys(100), List.of());

    @ParameterizedTest
    @MethodSource("repetitions")
    void countsARuleOncePerOwnerHoweverOftenItIsAsked(List<RuleDemand> demands) {
        List<Boolean> allowed = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            RuleDecision decision =
                    limiter.acquire(demands).toCompletableFuture().join();
            allowed.add(decision.decision().allowed());
            assertThat(decision.rules())
                    .extracting(rule -> rule.demand().rule().id())
                    .doesNotHaveDuplicates();
            assertThat(decision.rules().get(0).limits())
                    .as("the answers of the first rule")
                    .hasSize(demands.get(0).limits().size());
        }
        assertThat(allowed).containsExactly(true, true, false);
    }

    static Stream<List<RuleDemand>> repetitions() {
        RuleDemand login = demand(LOGIN, "o", 1);
        RuleDemand other = demand(OTHER, "o", 1);
        RuleDemand shadow = demand(SHADOW, "o", 1);
        return Stream.of(
                List.of(login),
                List.of(login, login),
                List.of(login, other, login),
                List.of(login, shadow, other, shadow, login, other),
                List.of(login, demand(LOGIN, "o", 2), other),
                List.of(other, login, login, login));
    }

    @Test
    void countsARuleForEachOfTwoOwners() {
        RuleDecision decision = limiter.acquire(List.of(demand(LOGIN, "one", 1), demand(LOGIN, "two", 1)))
                .toCompletableFuture()
                .join();
        assertThat(decision.rules()).hasSize(2);
        assertThat(decision.rules())
                .allSatisfy(rule -> assertThat(rule.limits()).hasSize(2));
    }

    @Test
    void peeksAndChargesARepeatedRuleOnce() {
        RuleDemand login = demand(LOGIN, "o", 1);
        assertThat(limiter.charge(List.of(login, login))
                        .toCompletableFuture()
                        .join()
                        .limits())
                .hasSize(2);
        assertThat(limiter.peek(List.of(login, login))
                        .toCompletableFuture()
                        .join()
                        .decision()
                        .remaining())
                .as("one of two was charged")
                .isEqualTo(1);
    }

    private static RuleDemand demand(Rule rule, String owner, long cost) {
        return RuleDemand.of(rule, owner, null, cost, Mode.ENFORCE).orElseThrow();
    }
}
