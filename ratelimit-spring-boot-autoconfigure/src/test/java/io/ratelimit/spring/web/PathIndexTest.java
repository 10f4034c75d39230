package io.ratelimit.spring.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.server.PathContainer;

class PathIndexTest {
    private static Rule rule(String id, String... paths) {
        return Rule.named(id).paths(paths).limits(Limit.parse("1/1h")).build();
    }

    private static List<RuleMatch> find(List<Rule> rules, String path) {
        return new PathIndex(rules, PathSensitivity.CASE_SENSITIVE)
                .find(List.of(PathContainer.parsePath(path)), rule -> true);
    }

    /** Returns how many patterns are tried: before each, its rule is asked whether it may apply otherwise. */
    private static int tried(List<Rule> rules, String path) {
        AtomicInteger tried = new AtomicInteger();
        List<RuleMatch> unused = new PathIndex(rules, PathSensitivity.CASE_SENSITIVE)
                .find(List.of(PathContainer.parsePath(path)), rule -> tried.incrementAndGet() > 0);
        return tried.get();
    }

    private static List<String> ids(List<Rule> rules, String path) {
        return find(rules, path).stream().map(match -> match.rule().id()).toList();
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

        assertThat(find(distinct, "/service-7/items/1")).hasSize(3);
        assertThat(tried(distinct, "/service-7/items/1")).isBetween(3, 10);
        assertThat(tried(sharing, "/api/v1/resource-7/1")).isEqualTo(1);
        assertThat(tried(distinct, "/nothing/like/that")).isZero();
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
        List<RuleMatch> matches = find(List.of(rule("r", "/x/{id}", "/{tenant}/{id}")), "/acme/%37");

        assertThat(matches).hasSize(1);
        assertThat(matches.get(0).pathVariables()).isEqualTo(Map.of("tenant", "acme", "id", "7"));
    }

    /** A handler of /a/{id} takes all of these, so a rule must not be blind to them. */
    @ParameterizedTest
    @ValueSource(strings = {"%0a", "%0d", "%0d%0a", "%c2%85", "%e2%80%a8", "%e2%80%a9", "%0a%0a", "\n"})
    void aLineBreakIsACharacterLikeAnyOther(String lineBreak) {
        List<Rule> rules = List.of(
                rule("constrained", "/a/{id:.+}"),
                rule("alternatives", "/a/{id:x|7.*}"),
                rule("times", "/a/{id:7.{1,2}7}"),
                rule("escaped", "/a/{id:[^\\}]+}"),
                rule("prefix", "/a/7*"),
                rule("suffix", "/a/*7"),
                rule("inside", "/a/7*7"),
                rule("stars", "/a/7**"),
                rule("variables", "/a/{x}7{y}"),
                rule("both", "/a/{x:.}*"),
                rule("question", "/a/7*?"),
                rule("any", "/a/*"),
                rule("last", "/**"),
                rule("rest", "/{*rest}"),
                rule("digits", "/a/{id:\\d+}"),
                rule("other", "/a/*8"));

        assertThat(ids(rules, "/a/7" + lineBreak + "7"))
                .containsExactly(rules.stream()
                        .map(Rule::id)
                        .filter(id -> !id.equals("digits") && !id.equals("other"))
                        .toArray(String[]::new));
    }

    @Test
    void variablesAreWhatThePatternNamesAndThePathHolds() {
        List<RuleMatch> matches = find(List.of(rule("r", "/{w}/*.{type}/{id:.+}")), "/any/a%0ab.pdf/7%0a");

        assertThat(matches).hasSize(1);
        assertThat(matches.get(0).pathVariables()).isEqualTo(Map.of("w", "any", "type", "pdf", "id", "7\n"));
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
