package io.ratelimit.spring.web;

import static io.ratelimit.spring.web.Rules.fixed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.rule.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.server.PathContainer;

class PathIndexTest {
    private static Rule rule(String id, String... paths) {
        return Rule.named(id).paths(paths).limits(fixed("1/1h")).build();
    }

    private static PathIndex.Found find(List<Rule> rules, String path) {
        return new PathIndex(rules, PathSensitivity.CASE_SENSITIVE)
                .find(List.of(PathContainer.parsePath(path)), rule -> true);
    }

    private static List<String> ids(List<Rule> rules, String path) {
        return find(rules, path).matches().stream()
                .map(match -> match.rule().id())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 100, 1_000})
    void triesFewPatternsHoweverManyRulesThereAre(int count) {
        List<Rule> distinct = new ArrayList<>();
        List<Rule> sharing = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            distinct.add(rule("a" + i, "/service-" + i + "/**"));
            distinct.add(rule("b" + i, "/service-" + i + "/items/{id}"));
            distinct.add(rule("c" + i, "/service-" + i + "/items/*/parts"));
            distinct.add(rule("e" + i, "/service-" + i + "/items/*"));
            sharing.add(rule("d" + i, "/api/v1/resource-" + i + "/{id}"));
        }

        PathIndex.Found found = find(distinct, "/service-7/items/1");
        assertThat(found.matches()).hasSize(3);
        assertThat(found.evaluated()).isLessThanOrEqualTo(10);
        assertThat(find(sharing, "/api/v1/resource-7/1").evaluated()).isEqualTo(1);
        assertThat(find(distinct, "/nothing/like/that").evaluated()).isZero();
    }

    @Test
    void findsWhatSpringsPatternsMatchInTheOrderOfConfiguration() {
        List<Rule> rules = List.of(
                rule("last", "/**"),
                rule("variable", "/{any}/b"),
                rule("literal", "/a/b"),
                rule("rest", "/a/{*rest}"),
                rule("wild", "/a/*", "/a/b"),
                rule("question", "/?/b"),
                rule("end", "/**/b"),
                rule("other", "/a/c"),
                rule("no-slash", "a/b"),
                rule("slash", "/a/b/"));

        assertThat(ids(rules, "/a/b"))
                .containsExactly("last", "variable", "literal", "rest", "wild", "question", "end", "no-slash", "slash");
        assertThat(ids(rules, "/")).containsExactly("last");
        assertThat(ids(rules, "/a")).containsExactly("last", "rest");
    }

    @Test
    void keepsTheVariablesOfTheFirstPatternThatMatches() {
        List<RuleMatch> matches = find(List.of(rule("r", "/x/{id}", "/{tenant}/{id}")), "/acme/%37")
                .matches();

        assertThat(matches).hasSize(1);
        assertThat(matches.get(0).pathVariables()).isEqualTo(Map.of("tenant", "acme", "id", "7"));
    }

    @Test
    void aRuleWithoutPathMatchesNothing() {
        assertThat(ids(List.of(rule("by-name")), "/by-name")).isEmpty();
    }

    @Test
    void refusesWhatIsNoPattern() {
        assertThatThrownBy(() -> find(List.of(rule("r", "/a/{b")), "/")).isInstanceOf(IllegalArgumentException.class);
    }
}
