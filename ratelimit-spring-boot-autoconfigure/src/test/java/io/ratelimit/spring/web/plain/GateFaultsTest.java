package io.ratelimit.spring.web.plain;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.RuleDecision;
import io.ratelimit.RuleLimiter;
import io.ratelimit.identity.ApiKeyRegistry;
import io.ratelimit.identity.ApiKeySettings;
import io.ratelimit.identity.ApiKeys;
import io.ratelimit.identity.ClientAddress;
import io.ratelimit.identity.ClientAddressSettings;
import io.ratelimit.identity.IdentityResolver;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.rule.Phase;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.rule.RulesInForce;
import io.ratelimit.spring.decision.LimiterError;
import io.ratelimit.spring.web.GateAnswer;
import io.ratelimit.spring.web.RequestGate;
import io.ratelimit.spring.web.RequestState;
import io.ratelimit.store.MemoryStore;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.server.PathContainer;

/** What must not open a limit or mislead a client, whatever front a request comes in by. */
class GateFaultsTest {
    private static final long START = 1_767_225_600_000_000L;

    private final ManualTicker storeTicker = new ManualTicker(START);
    private final ManualTicker ticker = new ManualTicker(START);
    private final List<LimiterError> errors = new ArrayList<>();

    private RequestGate gate(Rule defaultRule, Rule... rules) {
        return RequestGate.builder(
                        new RuleLimiter(MemoryStore.of(storeTicker, 100, Source.MEMORY), List.of()),
                        new RulesInForce(new RuleSet(List.of(rules), defaultRule, null)),
                        new IdentityResolver(
                                IdentityResolver.DEFAULT_ORDER,
                                new ApiKeys(
                                        ApiKeySettings.defaults(), ApiKeyRegistry.of(Map.of()), (kind, failure) -> {}),
                                new ClientAddress(ClientAddressSettings.defaults()),
                                null,
                                (kind, failure) -> {}))
                .ticker(ticker)
                .errorListener((error, cause) -> errors.add(error))
                .build();
    }

    private static Rule rule(String id, String key, String limit) {
        return Rule.named(id)
                .paths("/" + id)
                .key(RuleKey.parse(key))
                .limits(Limit.parse(limit, Algorithm.FIXED_WINDOW))
                .build();
    }

    private static List<Integer> statuses(RequestGate gate, int times, PlainRequest request) {
        PlainFront front = new PlainFront(gate);
        return IntStream.range(0, times)
                .mapToObj(
                        i -> front.handle(request).toCompletableFuture().join().status())
                .toList();
    }

    /** What throws where a request is matched. */
    enum Defect {
        PATHS,
        METHOD,
        TARGET,
        PREFLIGHT,
        LINKAGE
    }

    private static PlainRequest defective(Defect defect) {
        return new PlainRequest("GET", "/anything") {
            private <T> T fail(Defect here, T otherwise) {
                if (defect == here) {
                    throw new IllegalStateException("defect");
                }
                return otherwise;
            }

            @Override
            public List<PathContainer> paths() {
                if (defect == Defect.LINKAGE) {
                    throw new NoClassDefFoundError("defect");
                }
                return fail(Defect.PATHS, super.paths());
            }

            @Override
            public String method() {
                return fail(Defect.METHOD, super.method());
            }

            @Override
            public Object target() {
                return fail(Defect.TARGET, super.target());
            }

            @Override
            public boolean isPreflight() {
                return fail(Defect.PREFLIGHT, super.isPreflight());
            }
        };
    }

    @ParameterizedTest
    @EnumSource(Defect.class)
    void aRequestThatCannotBeMatchedIsHeldToTheStrictestRuleByAddress(Defect defect) {
        Rule methods = Rule.named("methods")
                .paths("/**")
                .methods("GET")
                .key(RuleKey.parse("ip"))
                .limits(Limit.parse("50/1h"))
                .build();
        RequestGate gate = gate(rule("default", "identity", "9/1h"), methods, rule("login", "ip", "2/1h"));

        assertThat(statuses(gate, 4, defective(defect))).containsExactly(200, 200, 429, 429);
        assertThat(errors).contains(LimiterError.DECISION);
        assertThat(statuses(gate, 1, new PlainRequest("GET", "/login")))
                .as("the rule's own counter")
                .containsExactly(429);
        PlainRequest stranger = defective(defect);
        stranger.header("Peer", "192.0.2.77");
        assertThat(statuses(gate, 1, stranger)).containsExactly(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ip", "identity", "user", "global", "#headers['X-Tenant']"})
    void soItIsWhereThereIsNoDefaultWhateverTheKeys(String key) {
        RequestGate gate = gate(null, rule("only", key, "3/1h"));

        assertThat(statuses(gate, 5, defective(Defect.PATHS))).containsExactly(200, 200, 200, 429, 429);
    }

    static Stream<List<Rule>> repetitions() {
        Rule twice = rule("twice", "ip", "2/1h");
        Rule other = rule("other", "ip", "9/1h");
        return Stream.of(
                List.of(twice),
                List.of(twice, twice),
                List.of(twice, other, twice),
                List.of(other, twice, twice, other),
                List.of(twice, rule("twice", "ip", "2/1h")));
    }

    @ParameterizedTest
    @MethodSource("repetitions")
    void aRuleThatAHandlerAsksForTwiceCountsOnce(List<Rule> rules) {
        RequestGate gate = gate(null);
        List<Boolean> admitted = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            RequestState state = gate.arrive(new PlainRequest("GET", "/"));
            GateAnswer answer =
                    gate.enterHandler(state, rules).toCompletableFuture().join();
            admitted.add(answer instanceof GateAnswer.Admitted);
        }

        assertThat(admitted).containsExactly(true, true, false);
        assertThat(errors).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("repetitions")
    void aRuleThatTheApplicationAsksForTwiceCountsOnce(List<Rule> rules) {
        RequestGate gate = gate(null);
        List<Boolean> allowed = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            RequestState state = gate.arrive(new PlainRequest("GET", "/"));
            Optional<RuleDecision> made =
                    gate.acquire(state, rules).toCompletableFuture().join();
            allowed.add(made.orElseThrow().decision().allowed());
            assertThat(gate.acquire(state, rules).toCompletableFuture().join())
                    .as("charged for this request already")
                    .isEmpty();
        }

        assertThat(allowed).containsExactly(true, true, false);
    }

    @Test
    void aRuleThatIsAskedByPathAndByTheHandlerAndInTheHandlerCountsOnce() {
        Rule login = rule("login", "ip", "3/1h");
        RequestGate gate = gate(null, login);
        PlainFront front = new PlainFront(gate);
        for (int i = 0; i < 2; i++) {
            RequestState state = gate.arrive(new PlainRequest("GET", "/login"));
            gate.enter(state, EnumSet.allOf(Phase.class)).toCompletableFuture().join();
            gate.enterHandler(state, List.of(login)).toCompletableFuture().join();
            assertThat(gate.acquire(state, List.of(login)).toCompletableFuture().join())
                    .isEmpty();
        }

        assertThat(front.handle(new PlainRequest("GET", "/login"))
                        .toCompletableFuture()
                        .join()
                        .headers())
                .containsEntry("X-RateLimit-Remaining", "0");
    }

    @ParameterizedTest
    @ValueSource(longs = {-86_400, -300, -1, 0, 1, 300, 86_400})
    void theResetIsOnTheClockOfTheApplication(long storeAhead) {
        storeTicker.set(START + TimeUnit.SECONDS.toMicros(storeAhead));
        Rule bucket = Rule.named("bucket")
                .paths("/bucket")
                .key(RuleKey.parse("ip"))
                .limits(Limit.parse("1/1m"))
                .build();
        PlainFront front = new PlainFront(gate(null, bucket));

        String reset = front.handle(new PlainRequest("GET", "/bucket"))
                .toCompletableFuture()
                .join()
                .headers()
                .get("X-RateLimit-Reset");

        assertThat(Long.parseLong(reset)).isEqualTo(TimeUnit.MICROSECONDS.toSeconds(START) + 60);
    }

    /** The application's clock goes on while the store decides. */
    @Test
    void aWindowThatEndsOnAFullSecondIsToldToEndThere() {
        storeTicker.set(START + 3);
        RequestGate gate = gate(null, rule("window", "ip", "5/1m"), rule("late", "ip", "9/1m"));
        RequestState state = gate.arrive(new PlainRequest("GET", "/window"));
        gate.enter(state, EnumSet.allOf(Phase.class)).toCompletableFuture().join();
        ticker.set(START + 40_000);
        gate.enterHandler(state, List.of(rule("late", "ip", "9/1m")))
                .toCompletableFuture()
                .join();

        Map<String, String> headers = new HashMap<>();
        gate.headers(state).writeTo(headers::put);
        assertThat(headers)
                .containsEntry("X-RateLimit-Limit", "5")
                .containsEntry("X-RateLimit-Reset", Long.toString(TimeUnit.MICROSECONDS.toSeconds(START) + 60));
    }

    @Test
    void theResetIsRoundedUp() {
        ticker.set(START + 1);
        storeTicker.set(START);
        Rule window = rule("window", "ip", "1/1m");

        assertThat(new PlainFront(gate(null, window))
                        .handle(new PlainRequest("GET", "/window"))
                        .toCompletableFuture()
                        .join()
                        .headers())
                .containsEntry("X-RateLimit-Reset", Long.toString(TimeUnit.MICROSECONDS.toSeconds(START) + 61));
    }
}
