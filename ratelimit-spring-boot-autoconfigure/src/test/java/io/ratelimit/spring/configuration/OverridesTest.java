package io.ratelimit.spring.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleLimit;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.spring.autoconfigure.LogLines;
import io.ratelimit.spring.autoconfigure.Startup;
import io.ratelimit.spring.autoconfigure.Yaml;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Single fields of rules, changed by the id of the rule from any source. */
class OverridesTest {
    private static final ApplicationContextRunner FILE = Startup.with("""
            ratelimit:
              tiers: {free: 9/1m, gold: 90/1m}
              rules:
                - {id: login, path: /login, methods: [POST], limit: 5/1m, burst: 7}
                - {id: forgot-password, paths: [/forgot, /reset], limit: 5/1m burst 6, tiers: {free: 6/1m, gold: 60/1m}}
                - {id: two, path: /two, limits: [5/1s, 50/1m]}
            """);

    private static ApplicationContextRunner with(String... variables) {
        Map<String, Object> environment = new TreeMap<>();
        for (String variable : variables) {
            environment.put(
                    variable.substring(0, variable.indexOf('=')), variable.substring(variable.indexOf('=') + 1));
        }
        return FILE.withInitializer(context -> context.getEnvironment()
                .getPropertySources()
                .replace("systemEnvironment", new SystemEnvironmentPropertySource("systemEnvironment", environment)));
    }

    private static Rule rule(String id, ApplicationContextRunner runner) {
        AtomicReference<Rule> rule = new AtomicReference<>();
        runner.run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(RuleSet.class).rules())
                    .extracting(Rule::id)
                    .containsExactly("login", "forgot-password", "two");
            rule.set(context.getBean(RuleSet.class).find(id).orElseThrow());
        });
        return rule.get();
    }

    private static List<Limit> limits(Rule rule) {
        return rule.limits().stream().map(RuleLimit::limit).toList();
    }

    @Test
    void changeOneLimitFromTheEnvironmentAndNothingElse() {
        Rule login = rule("login", with("RATELIMIT_OVERRIDES_LOGIN_LIMIT=10/1m"));
        assertThat(limits(login)).containsExactly(Limit.parse("10/1m burst 7"));
        assertThat(login.paths()).containsExactly("/login");
        assertThat(login.methods()).containsExactly("POST");
    }

    @ParameterizedTest
    @CsvSource({
        "RATELIMIT_OVERRIDES_FORGOTPASSWORD_LIMIT=10/1m, forgot-password, 10/1m",
        "RATELIMIT_OVERRIDES_LOGIN_LIMIT=10/1m burst 3, login, 10/1m burst 3",
        "RATELIMIT_OVERRIDES_LOGIN_BURST=9, login, 5/1m burst 9",
        "RATELIMIT_OVERRIDES_TWO_LIMIT=10/1m, two, 10/1m",
        "RATELIMIT_OVERRIDES_TWO_LIMITS=10/1m, two, 10/1m",
        "RATELIMIT_OVERRIDES_LOGIN_LIMITS_0_LIMIT=10/1m, login, 10/1m",
    })
    void changeLimitsHoweverTheyAreWritten(String variable, String id, String limit) {
        assertThat(limits(rule(id, with(variable)))).containsExactly(Limit.parse(limit));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ratelimit.overrides.forgot-password.limit",
                "ratelimit.overrides.forgotPassword.limit",
                "ratelimit.overrides.forgot_password.limit",
                "ratelimit.overrides.ForgotPassword.limit",
                "ratelimit.overrides[forgot-password].limit",
                "ratelimit.overrides[forgotPassword].limit"
            })
    void findTheRuleHoweverAFileWritesItsId(String name) {
        assertThat(limits(rule("forgot-password", FILE.withPropertyValues(name + "=10/1m"))))
                .containsExactly(Limit.parse("10/1m"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ratelimit.overrides.404.limit", "ratelimit.overrides[404].limit"})
    void findARuleWhoseIdIsANumber(String name) {
        String[] number = {
            "ratelimit.rules[0].id=404", "ratelimit.rules[0].path=/gone", "ratelimit.rules[0].limit=5/1m",
        };
        Startup.with("{}")
                .withPropertyValues(number)
                .withPropertyValues(name + "=7/1m")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(limits(context.getBean(RuleSet.class).find("404").orElseThrow()))
                            .containsExactly(Limit.parse("7/1m"));
                });
    }

    @Test
    void changeAnyField() {
        Rule login = rule(
                "login",
                FILE.withPropertyValues(
                        "ratelimit.overrides.login.paths[0]=/a",
                        "ratelimit.overrides.login.paths[1]=/b",
                        "ratelimit.overrides.login.methods[0]=PUT",
                        "ratelimit.overrides.login.mode=shadow",
                        "ratelimit.overrides.login.enforce-percent=10",
                        "ratelimit.overrides.login.max-delay=7s",
                        "ratelimit.overrides.login.count-when.status[0]=401",
                        "ratelimit.overrides.login.cost=2"));
        assertThat(login.paths()).containsExactly("/a", "/b");
        assertThat(login.methods()).containsExactly("PUT");
        assertThat(login.mode()).isEqualTo(Mode.SHADOW);
        assertThat(login.enforcePercent()).isEqualTo(10);
        assertThat(login.maxDelay()).isEqualTo(Duration.ofSeconds(7));
        assertThat(login.countedStatuses()).containsExactly(401);
        assertThat(login.cost().permits()).isEqualTo(2);
        assertThat(limits(login)).containsExactly(Limit.parse("5/1m burst 7"));
    }

    @Test
    void changeOneTierAndLeaveTheOthers() {
        Rule rule = rule("forgot-password", with("RATELIMIT_OVERRIDES_FORGOTPASSWORD_TIERS_GOLD=70/1m"));
        assertThat(rule.tiers().get("gold")).extracting(RuleLimit::limit).containsExactly(Limit.parse("70/1m"));
        assertThat(rule.tiers().get("free")).extracting(RuleLimit::limit).containsExactly(Limit.parse("6/1m"));
        assertThat(limits(rule)).containsExactly(Limit.parse("5/1m burst 6"));
    }

    @Test
    void comeFromSeveralSourcesFieldByField() {
        Rule login = rule(
                "login",
                with("RATELIMIT_OVERRIDES_LOGIN_LIMIT=10/1m")
                        .withInitializer(
                                Yaml.of("base.yml", "ratelimit: {overrides: {login: {mode: shadow, limit: 8/1m}}}")));
        assertThat(limits(login)).containsExactly(Limit.parse("10/1m burst 7"));
        assertThat(login.mode()).isEqualTo(Mode.SHADOW);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "RATELIMIT_OVERRIDES_LGOIN_LIMIT=10/1m; there is no rule of this id; did you mean login?;"
                        + " ratelimit.overrides.login.limit: \"10/1m\"",
                "RATELIMIT_OVERRIDES_FORGOT_PASSWORD_LIMIT=10/1m; there is no rule of this id;"
                        + " did you mean forgot-password?; RATELIMIT_OVERRIDES_FORGOTPASSWORD_LIMIT=10/1m",
                "RATELIMIT_OVERRIDES_LOGIN_LIMT=10/1m; there is no such property; ratelimit.overrides.login.limit?;"
                        + " ratelimit.overrides.login.limit: \"10/1m\"",
                "RATELIMIT_OVERRIDES_LOGIN_ID=x; the id of a rule cannot be overridden; ratelimit.rules;"
                        + " (remove ratelimit.overrides.login.id)",
                "RATELIMIT_OVERRIDES_DEFAULT_LIMIT=9/1m; there is no rule of this id; ratelimit.default.limit;"
                        + " ratelimit.default.limit: \"9/1m\"",
                "RATELIMIT_OVERRIDES_LOGIN_LIMIT=0/1m; limit is 0; ratelimit.overrides.login.limit: \"0/1m\";"
                        + " ratelimit.overrides.login.limit: 100/1h",
                "RATELIMIT_OVERRIDES_LOGIN_MODE=shadw; there is no such value; did you mean shadow?;"
                        + " ratelimit.overrides.login.mode: shadow",
                "RATELIMIT_OVERRIDES_LOGIN_METHODS=GTE; there is no such HTTP method; ratelimit.overrides.login.methods;"
                        + " ratelimit.overrides.login.methods: GET",
                "RATELIMIT_OVERRIDES_LOGIN_PATH=/a.*/.*; regular expression; ratelimit.overrides.login.path: ;"
                        + " ratelimit.overrides.login.path: /a.*/**",
            })
    void areRefusedWithWhatWasMeant(String variable, String problem, String says, String example) {
        String name = variable.substring(0, variable.indexOf('='));
        assertThat(Startup.refusalOf(with(variable)))
                .startsWith("The rate limit configuration has 1 problem:")
                .contains("\"" + name + "\"", problem, says, "example:  " + example + System.lineSeparator());
    }

    @Test
    void areRefusedWhereTwoRulesDifferOnlyInDashes() {
        assertThat(Startup.refusalOf("""
                        ratelimit:
                          rules: [{id: ab, limit: 5/1m}, {id: a-b, limit: 5/1m}]
                          overrides: {ab: {limit: 6/1m}}
                        """))
                .startsWith("The rate limit configuration has 1 problem:")
                .contains("ratelimit.overrides.ab.limit", "could mean each of the rules ab, a-b");
    }

    @Test
    void areToldAtTheStart() {
        try (LogLines lines = LogLines.from("io.ratelimit")) {
            rule("login", with("RATELIMIT_OVERRIDES_LOGIN_LIMIT=10/1m", "RATELIMIT_OVERRIDES_LOGIN_COST=2"));
            assertThat(lines.at(Level.INFO))
                    .contains("ratelimit.overrides changes rule login: cost \"2\", limit \"10/1m\"");
        }
    }
}
