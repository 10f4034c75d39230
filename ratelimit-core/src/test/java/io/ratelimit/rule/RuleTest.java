package io.ratelimit.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.limit.Demand;
import io.ratelimit.limit.FailurePolicy;
import io.ratelimit.limit.Limit;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleTest {
    private static final Limit LIMIT = Limit.parse("5/1m");

    @Test
    void namesItsCountersAndTellsEqualOnesApart() {
        Rule rule = Rule.named("login")
                .limits(LIMIT, Limit.parse("50/1h"), Limit.parse("9/1m"))
                .build();

        assertThat(rule.limits())
                .extracting(RuleLimit::counter)
                .containsExactly("login:tb1m", "login:tb1h", "login:tb1m.2");
    }

    @Test
    void givesATierItsOwnLimitsAndOthersTheRules() {
        Rule rule = Rule.named("api")
                .limits(LIMIT)
                .tier("premium", Limit.parse("50/1m"))
                .tier("unlimited")
                .build();

        assertThat(rule.limits("premium"))
                .extracting(limit -> limit.limit().permits())
                .containsExactly(50L);
        assertThat(rule.limits("basic")).isEqualTo(rule.limits()).isEqualTo(rule.limits(null));
        assertThat(rule.limits("unlimited")).isEmpty();
    }

    @Test
    void keepsTheStateOfACounterWhenTheTierChangesThePermitsAlone() {
        Rule rule = Rule.named("api")
                .limits(LIMIT)
                .tier("premium", Limit.parse("50/1m"))
                .build();

        assertThat(rule.limits("premium").get(0).counter())
                .isEqualTo(rule.limits().get(0).counter());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Login", "log in", "login!", "a:b", "{a}"})
    void refusesAnotherFormOfId(String id) {
        assertThatThrownBy(() -> Rule.named(id))
                .hasMessage("id: \"" + id + "\" (expected: 1 to 64 of a-z, 0-9 and -, such as login)");
    }

    @Test
    void refusesALongIdARuleWithoutLimitAndAnIdUsedTwice() {
        assertThatThrownBy(() -> Rule.named("x".repeat(65))).hasMessageContaining("1 to 64");
        assertThatThrownBy(() -> Rule.named("login").build()).hasMessageStartingWith("limit: none for rule \"login\"");
        Rule rule = Rule.named("login").limits(LIMIT).build();
        assertThatThrownBy(() -> new RuleSet(List.of(rule, rule), null, null))
                .hasMessageStartingWith("id: \"login\" is used twice");
    }

    @ParameterizedTest
    @CsvSource({
        "identity, IDENTITY",
        "api-key, API_KEY",
        "user, USER",
        "ip, IP",
        "global, GLOBAL",
        "tenantKeys, RESOLVER",
        "#header('X-Tenant'), EXPRESSION",
    })
    void readsWhoseQuotaItCounts(String text, RuleKey.Kind kind) {
        assertThat(RuleKey.parse(text).kind()).isEqualTo(kind);
        assertThat(RuleKey.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1.5", "NaN", "many", ""})
    void refusesACostThatIsNeitherANumberFromOneNorAnExpression(String cost) {
        assertThatThrownBy(() -> RuleCost.parse(cost))
                .hasMessageContaining("(expected: a whole number from 1, or an expression");
    }

    @Test
    void asksOneDemandForEachLimit() {
        Rule rule = Rule.named("api")
                .limits(LIMIT, Limit.parse("50/1h"))
                .onFailure(FailurePolicy.DENY)
                .build();

        RuleDemand demand = RuleDemand.of(rule, "owner", null, 3, Mode.ENFORCE).orElseThrow();

        assertThat(demand.demands()).extracting(Demand::cost).containsExactly(3L, 3L);
        assertThat(demand.demands()).extracting(one -> one.key().counter()).containsExactly("api:tb1m", "api:tb1h");
        assertThat(demand.demands()).extracting(Demand::onFailure).containsOnly(FailurePolicy.DENY);
    }

    @Test
    void asksNothingIfItIsOffOrTheTierUnlimited() {
        Rule rule = Rule.named("api").limits(LIMIT).tier("unlimited").build();
        Rule off = Rule.named("api").limits(LIMIT).mode(Mode.OFF).build();

        assertThat(RuleDemand.of(rule, "owner", "unlimited", 1, Mode.ENFORCE)).isEmpty();
        assertThat(RuleDemand.of(off, "owner", null, 1, Mode.ENFORCE)).isEmpty();
        assertThat(RuleDemand.of(rule, "owner", null, 1, Mode.OFF)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"ENFORCE, ENFORCE, ENFORCE", "ENFORCE, SHADOW, SHADOW", "SHADOW, ENFORCE, SHADOW"})
    void letsTheWeakerModeWin(Mode rule, Mode global, Mode expected) {
        Rule shadowed = Rule.named("api").limits(LIMIT).mode(rule).build();

        assertThat(RuleDemand.of(shadowed, "owner", null, 1, global)
                        .orElseThrow()
                        .mode())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 50, 100})
    void enforcesForTheSameShareOfIdentitiesEverywhere(int percent) {
        Rule rule = Rule.named("api").limits(LIMIT).enforcePercent(percent).build();

        long enforced = IntStream.range(0, 10_000)
                .mapToObj(i -> RuleDemand.of(rule, "digest-" + i, null, 1, Mode.ENFORCE)
                        .orElseThrow())
                .filter(demand -> demand.mode() == Mode.ENFORCE)
                .count();

        assertThat(enforced).isBetween((percent - 1) * 100L, (percent + 1) * 100L);
    }
}
