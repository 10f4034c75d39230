package io.ratelimit.spring.web.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.RuleLimiter;
import io.ratelimit.identity.Identity;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.rule.RuleSet;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/** Requests that Spring Security answers itself are charged to the rules that would be decided behind it. */
class EndedEarlyTest {
    private static final String[] LOGIN = {
        "ratelimit.rules[0].id=login",
        "ratelimit.rules[0].path=/login",
        "ratelimit.rules[0].methods=POST",
        "ratelimit.rules[0].limit=3/1h",
        "ratelimit.rules[1].id=other",
        "ratelimit.rules[1].path=/elsewhere",
        "ratelimit.rules[1].key=ip",
        "ratelimit.rules[1].limit=1/1h",
        "ratelimit.identity.ip.trusted-proxies=127.0.0.1,::1"
    };

    /** A form for logins, and wrong credentials of Basic authentication. */
    @Configuration(proxyBeanMethods = false)
    static class FormAndBasic {
        @Bean
        @Order(0)
        SecurityFilterChain form(HttpSecurity http) {
            return http.securityMatcher("/login", "/limited", "/tenants")
                    .authorizeHttpRequests(all -> all.requestMatchers("/tenants")
                            .authenticated()
                            .anyRequest()
                            .permitAll())
                    .csrf(csrf -> csrf.disable())
                    .formLogin(Customizer.withDefaults())
                    .httpBasic(Customizer.withDefaults())
                    .build();
        }
    }

    private static FullServer start(Setup setup, String... properties) {
        return FullServer.start(setup, List.of(FormAndBasic.class), properties);
    }

    private static RawRequest login(FullServer server, String password) {
        return server.request("POST", "/login")
                .body("application/x-www-form-urlencoded", "username=ursula&password=" + password);
    }

    private static RawRequest basic(FullServer server, String path, String user, String password) {
        return server.request("GET", path)
                .header(
                        "Authorization",
                        "Basic "
                                + Base64.getEncoder()
                                        .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8)));
    }

    private static List<Integer> statuses(int times, RawRequest request) {
        return IntStream.range(0, times).mapToObj(i -> request.send().status()).toList();
    }

    @ParameterizedTest
    @EnumSource(
            value = Setup.class,
            names = {"TOMCAT_SECURITY_CONTEXT", "JETTY_SECURITY"})
    void wrongPasswordsOfAFormAreDeniedBeforeTheyGetThere(Setup setup) {
        try (FullServer server = start(setup, LOGIN)) {
            assertThat(statuses(6, login(server, "wrong"))).containsExactly(302, 302, 302, 429, 429, 429);
            RawResponse denied = login(server, "wrong").send();
            assertThat(denied.header("X-RateLimit-Limit")).isEqualTo("3");
            assertThat(denied.header("Retry-After")).isNotNull();
            assertThat(login(server, "ursula").send().status())
                    .as("the right one too, as under a rule by address")
                    .isEqualTo(429);
            assertThat(login(server, "ursula")
                            .header("X-Forwarded-For", "192.0.2.9")
                            .send()
                            .status())
                    .as("from another address")
                    .isEqualTo(302);
        }
    }

    @Test
    void aRequestThatEndsEarlyTellsItsQuotaFromTheSecondOneOn() {
        try (FullServer server = start(Setup.TOMCAT_SECURITY_CONTEXT, LOGIN)) {
            assertThat(login(server, "wrong").send().header("X-RateLimit-Remaining"))
                    .as("decided after it was answered")
                    .isNull();
            assertThat(login(server, "wrong").send().header("X-RateLimit-Remaining"))
                    .isEqualTo("1");
        }
    }

    @Test
    void failingBasicLoginsAreChargedToTheDefault() {
        try (FullServer server = start(Setup.TOMCAT_SECURITY_CONTEXT, "ratelimit.default.limit=3/1h")) {
            assertThat(statuses(5, basic(server, "/limited", "ursula", "wrong")))
                    .containsExactly(401, 401, 401, 429, 429);
            assertThat(server.handled()).isZero();
        }
    }

    @Test
    void aRequestWithoutCredentialsIsChargedToo() {
        try (FullServer server = start(Setup.TOMCAT_SECURITY_CONTEXT, "ratelimit.default.limit=2/1h")) {
            List<Integer> statuses = statuses(4, server.request("GET", "/tenants"));
            assertThat(statuses.subList(0, 2)).doesNotContain(429, 200);
            assertThat(statuses.subList(2, 4)).containsOnly(429);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "#headers['X-Tenant'] ?: 'none'"})
    void whateverTheKeyOfTheRuleIs(String key) {
        try (FullServer server = start(
                Setup.TOMCAT_SECURITY_CONTEXT,
                "ratelimit.rules[0].id=api",
                "ratelimit.rules[0].path=/limited",
                "ratelimit.rules[0].key=" + key,
                "ratelimit.rules[0].limit=2/1h")) {
            assertThat(statuses(4, basic(server, "/limited", "ursula", "wrong")))
                    .containsExactly(401, 401, 429, 429);
        }
    }

    @Test
    void aKnownApiKeyIsChargedInPlaceOfItsAddress() {
        try (FullServer server = start(
                Setup.TOMCAT_SECURITY_CONTEXT,
                "ratelimit.identity.order=user,api-key,ip",
                "ratelimit.default.limit=2/1h",
                "ratelimit.api-keys.keys[0].name=acme",
                "ratelimit.api-keys.keys[0].value=acme-secret-key")) {
            RawRequest wrong = basic(server, "/limited", "ursula", "wrong").header("X-API-Key", "acme-secret-key");
            assertThat(statuses(4, wrong)).containsExactly(401, 401, 429, 429);
            assertThat(basic(server, "/limited", "ursula", "wrong").send().status())
                    .as("the same address without the key")
                    .isEqualTo(401);
        }
    }

    @Test
    void countWhenLooksAtTheAnswerOfSpringSecurity() {
        try (FullServer server = start(
                Setup.TOMCAT_SECURITY_CONTEXT,
                "ratelimit.rules[0].id=failures",
                "ratelimit.rules[0].path=/limited",
                "ratelimit.rules[0].limit=2/1h",
                "ratelimit.rules[0].count-when.status=401")) {
            assertThat(statuses(5, basic(server, "/limited", "ursula", "ursula")))
                    .containsOnly(200);
            assertThat(statuses(3, basic(server, "/limited", "ursula", "wrong")))
                    .containsExactly(401, 401, 429);
        }
    }

    /** What was taken early for who then gets through is given back: the user alone pays. */
    @Test
    void whoGetsThroughIsChargedOnceAndAsTheUser() {
        try (FullServer server = start(Setup.TOMCAT_SECURITY_CONTEXT, "ratelimit.default.limit=5/1h")) {
            assertThat(statuses(2, basic(server, "/limited", "ursula", "wrong")))
                    .containsOnly(401);

            List<String> remaining = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                remaining.add(
                        basic(server, "/limited", "ursula", "ursula").send().header("X-RateLimit-Remaining"));
            }
            assertThat(remaining).containsExactly("4", "3", "2", "1", "0");
            assertThat(statuses(1, basic(server, "/limited", "admin", "admin")))
                    .as("another user of the same address")
                    .containsExactly(200);
            assertThat(statuses(4, basic(server, "/limited", "ursula", "wrong")))
                    .as("the address has three left")
                    .containsExactly(401, 401, 401, 429);
        }
    }

    @Test
    void whoAuthenticatesWithoutSuchAPastPaysNoFurtherRoundTrip() {
        TestServer server = TestServer.of(Setup.TOMCAT_SECURITY_CONTEXT)
                .install(new TestServer.Parts()
                        .rule(Rule.named("user").paths("/user/**").limits(Rules.fixed("5/1h"))));
        RawRequest ann = server.request("GET", "/user/me").header("Authorization", "Bearer signed-ann");

        assertThat(ann.send().number("X-RateLimit-Remaining")).isEqualTo(4);
        assertThat(server.refunded()).isZero();
        assertThat(server.get("/user/me").status()).isEqualTo(401);
        assertThat(ann.send().number("X-RateLimit-Remaining")).isEqualTo(3);
        assertThat(server.refunded()).as("taken early for the address").isEqualTo(1);
    }

    @Test
    void anAnswerByAForwardInsideSpringSecurityIsChargedToo() {
        try (FullServer server =
                FullServer.start(Setup.TOMCAT_SECURITY_CONTEXT, List.of(ForwardingForm.class), LOGIN)) {
            assertThat(statuses(5, login(server, "wrong"))).containsExactly(200, 200, 200, 429, 429);
            assertThat(server.handled())
                    .as("shown the page that it forwards to")
                    .isEqualTo(3);
        }
    }

    /** Answers failed logins by a handler of the application. */
    @Configuration(proxyBeanMethods = false)
    static class ForwardingForm {
        @Bean
        @Order(0)
        SecurityFilterChain form(HttpSecurity http) {
            return http.securityMatcher("/login", "/limited")
                    .authorizeHttpRequests(all -> all.anyRequest().permitAll())
                    .csrf(csrf -> csrf.disable())
                    .formLogin(form -> form.failureForwardUrl("/limited"))
                    .build();
        }
    }

    @Test
    void anExemptUserGetsBackWhatWasTakenEarly() {
        try (FullServer server = start(
                Setup.TOMCAT_SECURITY_CONTEXT,
                "ratelimit.default.limit=3/1h",
                "ratelimit.identity.exempt.users=ursula")) {
            assertThat(basic(server, "/limited", "ursula", "wrong").send().status())
                    .isEqualTo(401);

            assertThat(statuses(8, basic(server, "/limited", "ursula", "ursula")))
                    .as("never limited")
                    .containsOnly(200);
        }
    }

    @Test
    void aLeakyBucketInFrontStillPacesWhoIsRemembered() {
        try (FullServer server = start(
                Setup.TOMCAT_SECURITY_CONTEXT,
                "ratelimit.rules[0].id=paced",
                "ratelimit.rules[0].path=/limited",
                "ratelimit.rules[0].key=ip",
                "ratelimit.rules[0].limit=2/1s",
                "ratelimit.rules[0].burst=4",
                "ratelimit.rules[0].algorithm=leaky-bucket",
                "ratelimit.rules[1].id=late",
                "ratelimit.rules[1].path=/limited",
                "ratelimit.rules[1].limit=100/1h")) {
            assertThat(basic(server, "/limited", "ursula", "wrong").send().status())
                    .isEqualTo(401);

            long start = System.nanoTime();
            assertThat(statuses(3, basic(server, "/limited", "ursula", "ursula")))
                    .containsOnly(200);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("at two a second")
                    .isGreaterThan(Duration.ofMillis(700));
        }
    }

    @Test
    void aShadowRuleGivesBackOnlyWhatItTook() {
        try (FullServer server = start(
                Setup.TOMCAT_SECURITY_CONTEXT,
                "ratelimit.rules[0].id=tried",
                "ratelimit.rules[0].path=/limited",
                "ratelimit.rules[0].mode=shadow",
                "ratelimit.rules[0].limit=2/1h",
                "ratelimit.rules[0].algorithm=fixed-window")) {
            assertThat(statuses(3, basic(server, "/limited", "ursula", "wrong")))
                    .containsOnly(401);
            assertThat(statuses(5, basic(server, "/limited", "ursula", "ursula")))
                    .containsOnly(200);

            Rule tried = server.bean(RuleSet.class).find("tried").orElseThrow();
            String owner = server.bean(IdentityDigest.class).of(Identity.ofIp("127.0.0.1"));
            RuleDemand demand =
                    RuleDemand.of(tried, owner, null, 1, Mode.ENFORCE).orElseThrow();
            assertThat(server.bean(RuleLimiter.class)
                            .peek(List.of(demand))
                            .toCompletableFuture()
                            .join()
                            .rules()
                            .get(0)
                            .allowed())
                    .as("used up by the wrong passwords, whoever came after")
                    .isFalse();
        }
    }
}
