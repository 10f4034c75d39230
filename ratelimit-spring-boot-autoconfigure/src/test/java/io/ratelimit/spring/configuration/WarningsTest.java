package io.ratelimit.spring.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.ratelimit.rule.Rule;
import io.ratelimit.spring.annotation.AnnotatedRuleUse;
import io.ratelimit.spring.autoconfigure.LogLines;
import io.ratelimit.spring.autoconfigure.Startup;
import io.ratelimit.spring.autoconfigure.Yaml;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;

/** What starts with one line of warning. */
class WarningsTest {
    private static final String RULE = "rules: [{id: a, path: /a, key: ip, limit: 5/1m}]\n";

    static Stream<Arguments> warnings() {
        return Stream.of(
                Arguments.of("nothing limited", "mode: enforce", "Nothing is limited"),
                Arguments.of("everything off", RULE + "mode: off", "Nothing is limited: ratelimit.mode is off"),
                Arguments.of(
                        "everything in shadow", RULE + "mode: shadow", "Nothing is denied: ratelimit.mode is shadow"),
                Arguments.of(
                        "every rule in shadow",
                        "rules: [{id: a, path: /a, limit: 5/1m, mode: shadow}]",
                        "Nothing is denied: the mode of every rule"),
                Arguments.of(
                        "a user before authentication",
                        "rules: [{id: a, path: /a, limit: 5/1m, key: user, phase: before-authentication}]",
                        "before it is known: each request counts by its address (rules a)"),
                Arguments.of(
                        "a user without security",
                        "rules: [{id: a, path: /a, limit: 5/1m, key: user}]",
                        "there is no Spring Security"),
                Arguments.of("a rule without path", RULE.replace("path: /a, ", ""), "no annotation names these: a"),
                Arguments.of(
                        "a long log",
                        "rules: [{id: a, path: /a, limit: 10001/1m, algorithm: sliding-log}]",
                        "a limit of 10001 takes memory"),
                Arguments.of(
                        "a long IPv6 prefix", RULE + "identity: {ip: {ipv6-prefix: 65}}", "ipv6-prefix is above 64"),
                Arguments.of("unknown keys", RULE + "api-keys: {trust-unverified: true}", "trust-unverified is true"),
                Arguments.of("a long timeout", RULE + "redis: {timeout: 251ms}", "redis.timeout is above 250ms"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("warnings")
    void startsWithOneLineOfWarning(String what, String yaml, String says) {
        try (LogLines lines = LogLines.from("io.ratelimit")) {
            Startup.run("ratelimit:\n  " + yaml.replace("\n", "\n  "), context -> {
                assertThat(context).hasNotFailed();
                assertThat(lines.at(Level.WARN)).singleElement().asString().contains(says);
            });
        }
    }

    @Test
    void saysNothingAboutAConfigurationThatMeansWhatItSays() {
        try (LogLines lines = LogLines.from("io.ratelimit")) {
            Startup.run(
                    "ratelimit:\n  " + RULE + "  redis: {timeout: 250ms}",
                    context -> assertThat(lines.at(Level.WARN)).isEmpty());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ratelimit: {rules: [{id: a, path: /a, limit: 5/1m, key: user}]}",
                "ratelimit: {default: {limit: 5/1m}}"
            })
    void warnsWhenNothingLimitsWhoFailsToAuthenticate(String afterwardsOnly) {
        try (LogLines lines = LogLines.from("io.ratelimit")) {
            Startup.with(afterwardsOnly)
                    .withBean("springSecurityFilterChain", Object.class, Object::new)
                    .run(context -> assertThat(lines.at(Level.WARN))
                            .singleElement()
                            .asString()
                            .contains("Nothing limits requests that fail to authenticate"));
        }
    }

    @Test
    void knowsTheRulesThatAnnotationsName() {
        try (LogLines lines = LogLines.from("io.ratelimit")) {
            Startup.with("ratelimit: {rules: [{id: a, limit: 5/1m}, {id: b, limit: 5/1m}]}")
                    .withBean(AnnotatedRuleUse.class, () -> new AnnotatedRuleUse() {
                        @Override
                        public List<Rule> ownRules() {
                            return List.of();
                        }

                        @Override
                        public Set<String> namedRules() {
                            return Set.of("a");
                        }

                        @Override
                        public List<String> idleHandlers() {
                            return List.of();
                        }
                    })
                    .run(context -> assertThat(lines.at(Level.WARN))
                            .isEqualTo(List.of(
                                    "Rules without a path match no request, and no annotation names these: b")));
        }
    }

    @Test
    void saysThatAReactiveApplicationIsNotLimited() {
        try (LogLines lines = LogLines.from("io.ratelimit")) {
            new ReactiveWebApplicationContextRunner()
                    .withConfiguration(AutoConfigurations.of(Startup.ours()))
                    .withInitializer(Yaml.of("ratelimit:\n  " + RULE))
                    .run(context -> assertThat(lines.at(Level.WARN))
                            .containsExactly(
                                    "This is a reactive web application: ratelimit enforces nothing on its requests"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "rules: [{id: a, path: /app/login, limit: 5/1m}]; /app/login",
                "rules: [{id: a, paths: [/x, '/app/**'], limit: 5/1m}]; /app/**",
                "rules: [{id: a, path: /app, limit: 5/1m}]; /app",
                "rules: [{id: a, path: '/app/{id}/x', limit: 5/1m}]; /app/{id}/x",
                "{default: {limit: 5/1m}, exclude: [/app/health]}; /app/health",
            })
    void tellsPathsThatNameTheContextPath(String yaml, String path) {
        List<String> warnings = warningsUnder("/app", yaml);
        assertThat(warnings)
                .containsExactly("Paths are those within the application, without its context path /app, so these match"
                        + " no request but one below /app/app: " + path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/apples", "/api/app/x", "/*/login", "/login"})
    void saysNothingOfPathsThatOnlyLookLikeTheContextPath(String path) {
        assertThat(warningsUnder("/app", "rules: [{id: a, path: '" + path + "', limit: 5/1m}]"))
                .isEmpty();
    }

    @Test
    void saysNothingOfContextPathsWhereThereIsNone() {
        assertThat(warningsUnder("", "rules: [{id: a, path: /app/login, limit: 5/1m}]"))
                .isEmpty();
    }

    private static List<String> warningsUnder(String contextPath, String yaml) {
        try (LogLines lines = LogLines.from("io.ratelimit")) {
            new WebApplicationContextRunner(AnnotationConfigServletWebServerApplicationContext::new)
                    .withConfiguration(AutoConfigurations.of(Startup.ours()))
                    .withConfiguration(AutoConfigurations.of(TomcatServletWebServerAutoConfiguration.class))
                    .withInitializer(Yaml.of(yaml.startsWith("{") ? "ratelimit: " + yaml : "ratelimit:\n  " + yaml))
                    .withPropertyValues("server.port=0", "server.servlet.context-path=" + contextPath)
                    .run(context -> assertThat(context).hasNotFailed());
            return lines.at(Level.WARN);
        }
    }
}
