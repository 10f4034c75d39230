package io.ratelimit.spring.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.RuleLimit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;

/** Rules that no application has as its properties, read and checked by the same code. */
class RulesFromElsewhereTest {
    private final RateLimitConfigurationReader reader = new RateLimitConfigurationReader(() -> new Surroundings(
            List.of(),
            false,
            false,
            false,
            Map.of(RateLimitProperties.Backend.REDIS, new Surroundings.Missing("no Redis is here", "a Redis"))));

    private static PropertySource<?> store(String name, Map<String, Object> values) {
        return new MapPropertySource(name, values);
    }

    @Test
    void areReadFromNamesAndValues() {
        RateLimitConfiguration read = reader.read(List.of(
                store("stored", Map.of("ratelimit.overrides.login.limit", "9/1m")),
                store(
                        "file",
                        Map.of(
                                "ratelimit.mode", "shadow",
                                "ratelimit.tiers.gold[0]", "50/1m",
                                "ratelimit.rules[0].id", "login",
                                "ratelimit.rules[0].path", "/login",
                                "ratelimit.rules[0].tiered", "true",
                                "ratelimit.rules[0].limit", "5/1m"))));

        assertThat(read.properties().mode()).isEqualTo(Mode.SHADOW);
        assertThat(read.rules().rules()).singleElement().satisfies(rule -> {
            assertThat(rule.limits()).extracting(RuleLimit::limit).containsExactly(Limit.parse("9/1m"));
            assertThat(rule.tiers()).containsOnlyKeys("gold");
        });
    }

    @Test
    void areCheckedAsThoseOfAnApplication() {
        assertThatExceptionOfType(InvalidRateLimitConfigurationException.class)
                .isThrownBy(() -> reader.read(List.of(store(
                        "stored",
                        Map.of(
                                "ratelimit.backend", "redis",
                                "ratelimit.rules[0].id", "login",
                                "ratelimit.rules[0].limit", "5",
                                "ratelimit.rules[0].pth", "/login")))))
                .withMessageContaining("has 3 problems")
                .withMessageContaining("no Redis is here")
                .withMessageContaining("\"ratelimit.rules[0].limit\" from property source \"stored\"")
                .withMessageContaining("did you mean ratelimit.rules[0].path?");
    }

    @Test
    void areNoneWhereNothingIsSaid() {
        assertThat(reader.read(List.of()).rules().rules()).isEmpty();
    }
}
