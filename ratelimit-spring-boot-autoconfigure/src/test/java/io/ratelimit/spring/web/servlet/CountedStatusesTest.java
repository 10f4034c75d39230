package io.ratelimit.spring.web.servlet;

import static io.ratelimit.spring.web.servlet.Rules.fixed;
import static io.ratelimit.spring.web.servlet.Rules.leaky;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.spring.web.HeaderStyle;
import io.ratelimit.spring.web.TestSettings;
import io.ratelimit.spring.web.servlet.TestServer.Parts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules that count by the status of the response: failed logins lock out, successful ones do not. */
class CountedStatusesTest {
    private static Parts failedLogins(String path) {
        return new Parts()
                .rule(Rule.named("failed-logins")
                        .paths(path)
                        .key(RuleKey.parse("ip"))
                        .countedStatuses(401, 403)
                        .limits(fixed("5/1h")))
                .rule(Rule.named("all").paths("/**").key(RuleKey.parse("ip")).limits(fixed("100000/1d")));
    }

    private static RawResponse login(TestServer server, String path, String password) {
        return server.request("POST", path).header("X-Password", password).send();
    }

    /** The client may see the end of a response before the filters have returned. */
    private static void awaitRefunds(TestServer server, int refunds) {
        await().pollInterval(Duration.ofMillis(2)).until(() -> server.refunded() == refunds);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void wrongPasswordsLockOutAndRightOnesDoNot(Setup setup) {
        TestServer server = TestServer.of(setup).install(failedLogins("/login"));
        for (int i = 0; i < 1_000; i++) {
            assertThat(login(server, "/login", "right").status()).isEqualTo(200);
        }
        awaitRefunds(server, 1_000);
        for (int i = 0; i < 5; i++) {
            assertThat(login(server, "/login", "wrong").status()).isEqualTo(401);
        }

        assertThat(login(server, "/login", "right").status()).isEqualTo(429);
        assertThat(login(server, "/login", "wrong").status()).isEqualTo(429);
        assertThat(server.handled()).isEqualTo(1_005);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void alsoWhereTheAnswerComesFromAnotherThread(Setup setup) {
        TestServer server = TestServer.of(setup).install(failedLogins("/async-login"));
        for (int i = 1; i <= 20; i++) {
            assertThat(login(server, "/async-login", "right").status()).isEqualTo(200);
            awaitRefunds(server, i);
        }
        for (int i = 0; i < 5; i++) {
            assertThat(login(server, "/async-login", "wrong").status()).isEqualTo(401);
        }

        assertThat(login(server, "/async-login", "wrong").status()).isEqualTo(429);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void theStatusIsThatOfTheLastDispatch(Setup setup) {
        TestServer server = TestServer.of(setup).install(failedLogins("/async-to-denied"));
        for (int i = 0; i < 5; i++) {
            assertThat(server.get("/async-to-denied").status()).isEqualTo(401);
        }

        assertThat(server.get("/async-to-denied").status()).isEqualTo(429);
        assertThat(server.refunded()).isZero();
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void anExceptionCountsAsAnInternalError(Setup setup) {
        TestServer notCounted = TestServer.of(setup).install(failedLogins("/failing-login"));
        for (int i = 0; i < 8; i++) {
            assertThat(login(notCounted, "/failing-login", "x").status()).isEqualTo(500);
        }

        TestServer counted = TestServer.of(setup)
                .install(new Parts()
                        .rule(Rule.named("errors")
                                .paths("/plain/throws")
                                .key(RuleKey.parse("ip"))
                                .countedStatuses(500)
                                .limits(fixed("5/1h"))));
        for (int i = 0; i < 5; i++) {
            assertThat(counted.get("/plain/throws").status()).isEqualTo(500);
        }
        assertThat(counted.get("/plain/throws").status()).isEqualTo(429);
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void onlyThatRulesPermitsComeBack(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(new Parts()
                        .rule(Rule.named("failed")
                                .paths("/login")
                                .key(RuleKey.parse("ip"))
                                .countedStatuses(401)
                                .limits(fixed("5/1h")))
                        .rule(Rule.named("all")
                                .paths("/login")
                                .key(RuleKey.parse("ip"))
                                .limits(fixed("8/1h"))));

        for (int i = 1; i <= 8; i++) {
            assertThat(login(server, "/login", "right").status()).isEqualTo(200);
            awaitRefunds(server, i);
        }

        RawResponse denied = login(server, "/login", "right");
        assertThat(denied.status()).isEqualTo(429);
        assertThat(denied.body()).contains("[\"all\"]");
    }

    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void aRequestThatIsTurnedAwayGivesBackOnce(Setup setup) {
        TestServer server = TestServer.of(setup)
                .install(new Parts()
                        .rule(Rule.named("good")
                                .paths("/queue")
                                .key(RuleKey.parse("ip"))
                                .countedStatuses(200)
                                .limits(fixed("9/1h")))
                        .rule(Rule.named("queue")
                                .paths("/queue")
                                .key(RuleKey.parse("ip"))
                                .limits(leaky("1/1h burst 9")))
                        .settings(TestSettings.maxHeld(0, HeaderStyle.IETF)));
        assertThat(server.get("/queue").status()).isEqualTo(200);

        for (int i = 0; i < 5; i++) {
            RawResponse turnedAway = server.get("/queue");
            assertThat(turnedAway.status()).isEqualTo(429);
            assertThat(turnedAway.header("RateLimit"))
                    .as("the first one and this one")
                    .contains("\"good\";r=7", "\"queue\";r=7");
        }
    }

    /** Logins that are under way at once hold permits: never do more fail than the limit. */
    @ParameterizedTest
    @MethodSource("io.ratelimit.spring.web.servlet.Setup#selected")
    void fromManyThreadsNoMoreFailThanTheLimit(Setup setup) throws Exception {
        TestServer server = TestServer.of(setup).install(failedLogins("/login"));
        ExecutorService clients = Executors.newFixedThreadPool(32);
        try {
            List<Callable<Integer>> attempts = new ArrayList<>();
            for (int i = 0; i < 128; i++) {
                String password = i % 2 == 0 ? "right" : "wrong";
                attempts.add(() -> login(server, "/login", password).status());
            }
            int failed = 0;
            int succeeded = 0;
            for (Future<Integer> status : clients.invokeAll(attempts)) {
                failed += status.get() == 401 ? 1 : 0;
                succeeded += status.get() == 200 ? 1 : 0;
            }
            assertThat(failed).isLessThanOrEqualTo(5);
            awaitRefunds(server, succeeded);
            int left = 0;
            while (login(server, "/login", "wrong").status() == 401) {
                left++;
            }
            assertThat(failed + left)
                    .as("what the right ones had taken is back")
                    .isEqualTo(5);
        } finally {
            clients.shutdownNow();
        }
    }
}
