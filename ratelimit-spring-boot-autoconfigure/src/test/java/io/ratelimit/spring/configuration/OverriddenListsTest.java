package io.ratelimit.spring.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.rule.RuleSet;
import io.ratelimit.spring.autoconfigure.Startup;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** A list of one source replaces that of another as a whole, with the lists that are nested in it. */
class OverriddenListsTest {
    private static final ApplicationContextRunner FILE = Startup.with("""
            ratelimit:
              backend: memory
              rules:
                - {id: login, path: /login, methods: [POST], limit: 5/1m}
                - {id: items, paths: [/items, /products], limit: 5/1m}
            """);

    @Test
    void replacesRulesThatHaveListsOfTheirOwn() {
        FILE.withPropertyValues(
                        "ratelimit.rules[0].id=other",
                        "ratelimit.rules[0].path=/other",
                        "ratelimit.rules[0].limit=1/1s")
                .run(context -> assertThat(context.getBean(RuleSet.class).rules())
                        .singleElement()
                        .satisfies(rule -> {
                            assertThat(rule.id()).isEqualTo("other");
                            assertThat(rule.methods()).isEmpty();
                        }));
    }

    @Test
    void stillFindsUnknownNamesInTheListThatIsUsed() {
        String refusal = Startup.refusalOf(FILE.withPropertyValues(
                "ratelimit.rules[0].id=other", "ratelimit.rules[0].limit=1/1s", "ratelimit.rules[0].metods[0]=POST"));

        assertThat(refusal).contains("ratelimit.rules[0].metods").doesNotContain("rules[1]");
    }
}
