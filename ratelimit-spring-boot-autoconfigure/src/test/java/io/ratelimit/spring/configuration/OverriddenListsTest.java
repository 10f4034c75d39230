package io.ratelimit.spring.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.spring.autoconfigure.LogLines;
import io.ratelimit.spring.autoconfigure.Startup;
import io.ratelimit.spring.autoconfigure.Yaml;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.SystemEnvironmentPropertySource;

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

    /** Starts with a YAML text below another source, and returns what is warned about. */
    private static List<String> warningsOf(ApplicationContextRunner runner) {
        try (LogLines lines = LogLines.from("io.ratelimit")) {
            runner.run(context -> assertThat(context).hasNotFailed());
            return lines.at(Level.WARN).stream()
                    .filter(line -> line.contains("as a whole"))
                    .toList();
        }
    }

    private static ApplicationContextRunner environment(ApplicationContextRunner runner, String... variables) {
        Map<String, Object> environment = new TreeMap<>();
        for (String variable : variables) {
            environment.put(
                    variable.substring(0, variable.indexOf('=')), variable.substring(variable.indexOf('=') + 1));
        }
        return runner.withInitializer(context -> context.getEnvironment()
                .getPropertySources()
                .replace("systemEnvironment", new SystemEnvironmentPropertySource("systemEnvironment", environment)));
    }

    @Test
    void tellsWhichSourceWonAndWhichRulesAreDropped() {
        assertThat(warningsOf(environment(
                        FILE,
                        "RATELIMIT_RULES_0_ID=other",
                        "RATELIMIT_RULES_0_PATH=/other",
                        "RATELIMIT_RULES_0_LIMIT=1/1s")))
                .singleElement()
                .asString()
                .contains(
                        "ratelimit.rules comes as a whole from \"RATELIMIT_RULES_0_ID\" from property source",
                        "not used of Byte array resource [application.yml] - 4:12: login, items",
                        "ratelimit.overrides");
    }

    @Test
    void tellsWhatAProfileDrops() {
        ApplicationContextRunner profile = Startup.with("""
                ratelimit:
                  rules:
                    - {id: items, path: /items, limit: 9/1m}
                """);
        assertThat(warningsOf(profile.withInitializer(Yaml.of("base.yml", """
                        ratelimit:
                          rules:
                            - {id: login, path: /login, limit: 5/1m}
                            - {id: items, path: /items, limit: 5/1m}
                            - {id: mail, path: /mail, limit: 5/1m}
                        """))))
                .singleElement()
                .asString()
                .contains(
                        "comes as a whole from Byte array resource [application.yml] - 3:12",
                        "not used of Byte array resource [base.yml] - 3:12: login, mail")
                .doesNotContain("items,", "items)");
    }

    static Stream<Arguments> lists() {
        return Stream.of(
                Arguments.of(
                        "api-keys: {keys: [{name: acme, value: SECRET1}, {name: blue, value: SECRET2}]}",
                        new String[] {"RATELIMIT_API_KEYS_KEYS_0_NAME=new", "RATELIMIT_API_KEYS_KEYS_0_VALUE=SECRET3"},
                        "ratelimit.api-keys.keys",
                        "acme, blue"),
                Arguments.of(
                        "exclude: [/a, /b, /c]",
                        new String[] {"RATELIMIT_EXCLUDE_0=/c"},
                        "ratelimit.exclude",
                        "/a, /b"),
                Arguments.of("exclude: [/a, /b]", new String[] {"RATELIMIT_EXCLUDE=/b,/d"}, "ratelimit.exclude", "/a"),
                Arguments.of("exclude: '/a, /b'", new String[] {"RATELIMIT_EXCLUDE_0=/b"}, "ratelimit.exclude", "/a"),
                Arguments.of(
                        "identity: {blocked: {addresses: [10.0.0.1, 10.0.0.2]}}",
                        new String[] {"RATELIMIT_IDENTITY_BLOCKED_ADDRESSES_0=10.0.0.3"},
                        "ratelimit.identity.blocked.addresses",
                        "10.0.0.1, 10.0.0.2"),
                Arguments.of(
                        "identity: {ip: {trusted-proxies: [10.0.0.1, 10.0.0.2]}}",
                        new String[] {"RATELIMIT_IDENTITY_IP_TRUSTEDPROXIES=10.0.0.1"},
                        "ratelimit.identity.ip.trusted-proxies",
                        "10.0.0.2"),
                Arguments.of(
                        "tiers: {free: [5/1m, 9/1h]}",
                        new String[] {"RATELIMIT_TIERS_FREE=5/1m"},
                        "ratelimit.tiers.free",
                        "9/1h"));
    }

    @ParameterizedTest
    @MethodSource("lists")
    void tellsWhatIsDroppedOfAnyList(String yaml, String[] variables, String list, String dropped) {
        assertThat(warningsOf(environment(Startup.with("ratelimit: {" + yaml + "}"), variables)))
                .singleElement()
                .asString()
                .startsWith(list + " comes as a whole from \"RATELIMIT_")
                .endsWith(": " + dropped)
                .doesNotContain("SECRET");
    }

    @Test
    void saysNothingWhereNothingIsLost() {
        ApplicationContextRunner file = Startup.with("""
                ratelimit:
                  exclude: [/a]
                  tiers: {free: 5/1m}
                  rules: [{id: a, path: /x, limit: 5/1m}]
                """);
        assertThat(warningsOf(file)).isEmpty();
        assertThat(warningsOf(environment(file, "RATELIMIT_TIERS_FREE=9/1m"))).isEmpty();
        assertThat(warningsOf(environment(
                        file,
                        "RATELIMIT_EXCLUDE_0=/b",
                        "RATELIMIT_EXCLUDE_1=/a",
                        "RATELIMIT_RULES_0_ID=a",
                        "RATELIMIT_RULES_0_LIMIT=7/1m")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "RATELIMIT_RULES_0_LIMIT=10/1m, ratelimit.rules[0].id, ratelimit.overrides.login.limit: \"10/1m\"",
        "RATELIMIT_RULES_0_ENFORCEPERCENT=10, ratelimit.rules[0].id, ratelimit.overrides.login.enforce-percent: \"10\"",
        "RATELIMIT_RULES_1_LIMIT=10/1m, ratelimit.rules[1].limit, ratelimit.overrides.items.limit: \"10/1m\"",
    })
    void tellsWhereAnIncompleteEntryStandsAndHowToChangeOneField(String variable, String property, String example) {
        String name = variable.substring(0, variable.indexOf('='));
        assertThat(Startup.refusalOf(environment(FILE, variable)))
                .contains(
                        property,
                        "where:    \"" + name + "\" from property source \"systemEnvironment\"",
                        "as a whole",
                        "example:  " + example);
    }

    @Test
    void namesThePlaceOfAnyIncompleteEntry() {
        assertThat(Startup.refusalOf("ratelimit: {api-keys: {keys: [{name: a, value: b}, {value: c}]}}"))
                .contains("keys[1].name is missing" + System.lineSeparator()
                        + "    where:    Byte array resource [application.yml] - 1:60");
    }
}
