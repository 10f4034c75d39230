package io.ratelimit.spring.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.ratelimit.identity.ApiKey;
import io.ratelimit.identity.ApiKeyRegistry;
import io.ratelimit.identity.TierResolver;
import io.ratelimit.limit.Limit;
import io.ratelimit.rule.RuleLimit;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.spring.autoconfigure.LogLines;
import io.ratelimit.spring.autoconfigure.Startup;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Tiers that only a bean of the application gives to requesters. */
class AssignedTiersTest {
    private static ApplicationContextRunner rule(String tier) {
        return Startup.with("ratelimit: {tiers: {premium: 50/1h}, rules: [{id: a, path: /a, limit: 5/1m," + " tiers: {"
                + tier + ": 7/1m}}]}");
    }

    private static ApplicationContextRunner withTierResolver(ApplicationContextRunner runner) {
        return runner.withBean(TierResolver.class, () -> user -> "platinum");
    }

    private static ApplicationContextRunner withApiKeyRegistry(ApplicationContextRunner runner) {
        return runner.withBean(ApiKeyRegistry.class, () -> sha256 -> Optional.of(new ApiKey("acme", "platinum")));
    }

    static Stream<ApplicationContextRunner> assigned() {
        return Stream.of("platinum", "premium-2")
                .flatMap(tier -> Stream.of(withTierResolver(rule(tier)), withApiKeyRegistry(rule(tier))));
    }

    @ParameterizedTest
    @MethodSource("assigned")
    void mayStandInARuleAlone(ApplicationContextRunner application) {
        application.run(context -> assertThat(context)
                .hasNotFailed()
                .getBean(RuleSet.class)
                .satisfies(rules -> assertThat(
                                rules.find("a").orElseThrow().tiers().values())
                        .singleElement()
                        .satisfies(limits ->
                                assertThat(limits).extracting(RuleLimit::limit).containsExactly(Limit.parse("7/1m")))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"platinum", "premum"})
    void areRefusedWhereNoBeanGivesThem(String tier) {
        assertThat(Startup.refusalOf(rule(tier))).contains("nobody can have the tier \"" + tier + "\"");
    }

    @Test
    void areToldWhereTheyLookLikeASlip() {
        try (LogLines lines = LogLines.from("io.ratelimit")) {
            withTierResolver(rule("premum")).run(context -> assertThat(context).hasNotFailed());
            assertThat(lines.at(Level.WARN))
                    .containsExactly("Rule a has the tier premum, which only a bean can give to somebody; did you mean"
                            + " premium?");
        }
        try (LogLines lines = LogLines.from("io.ratelimit")) {
            withTierResolver(rule("platinum"))
                    .run(context -> assertThat(context).hasNotFailed());
            assertThat(lines.at(Level.WARN)).isEmpty();
        }
    }
}
