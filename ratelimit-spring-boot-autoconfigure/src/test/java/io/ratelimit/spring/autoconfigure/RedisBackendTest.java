package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.protocol.CommandType;
import io.ratelimit.RateLimitExceededException;
import io.ratelimit.RateLimiter;
import io.ratelimit.RateLimiterRegistry;
import io.ratelimit.failover.CircuitState;
import io.ratelimit.failover.FailoverStore;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.FailurePolicy;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.redis.testing.RedisFixture;
import io.ratelimit.spring.actuate.RateLimitCircuitEvent;
import io.ratelimit.spring.annotation.RateLimited;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;

/** The backend that an application gets, with a real Redis. */
class RedisBackendTest {
    private static final RedisFixture REDIS = RedisFixture.shared();

    private final String namespace = REDIS.newNamespace();

    private ApplicationContextRunner application(String... properties) {
        return Startup.oursWithoutWeb("ratelimit: {rules: [{id: a, limit: 5/1h}]}")
                .withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class))
                .withPropertyValues("ratelimit.namespace=" + namespace)
                .withPropertyValues(properties);
    }

    private List<String> counters() {
        return REDIS.keys(namespace).stream()
                .filter(key -> !key.equals(namespace + ":{instances}"))
                .toList();
    }

    private static String[] at(String host, int port) {
        return new String[] {"spring.data.redis.host=" + host, "spring.data.redis.port=" + port};
    }

    private static int closedPort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException noPort) {
            throw new UncheckedIOException(noPort);
        }
    }

    @Test
    void isTheRedisOfTheApplicationWhereOneIsConfigured() {
        try (LogLines lines = LogLines.from("io.ratelimit.spring")) {
            application(at(REDIS.host(), REDIS.port())).run(context -> {
                assertThat(context).hasSingleBean(LimitStore.class).hasSingleBean(FailoverStore.class);
                assertThat(context.getBean(RateLimiterRegistry.class)
                                .limiter("a")
                                .tryAcquire("someone"))
                        .isTrue();
                assertThat(counters()).as("the counters in Redis").hasSize(1);
                assertThat(lines.at(Level.INFO))
                        .singleElement()
                        .asString()
                        .contains("counted in Redis at " + REDIS.host() + ":" + REDIS.port()
                                + ", because spring.data.redis.host is there");
            });
        }
    }

    @Test
    void isFoundByAUrlWithADatabase() {
        application("spring.data.redis.url=redis://" + REDIS.host() + ":" + REDIS.port() + "/3")
                .run(context -> {
                    assertThat(context.getBean(RateLimiterRegistry.class)
                                    .limiter("a")
                                    .tryAcquire("someone"))
                            .isTrue();
                    assertThat(REDIS.keys(namespace))
                            .as("the counters in database 0")
                            .isEmpty();
                });
    }

    @Test
    void isMemoryWhereOnlyBootsOwnConnectionDetailsAreThere() {
        application()
                .run(context -> assertThat(context)
                        .hasSingleBean(DataRedisConnectionDetails.class)
                        .hasSingleBean(MemoryStore.class));
    }

    @Test
    void isTheRedisThatConnectionDetailsOfAnotherKindPointTo() {
        application()
                .withBean(DataRedisConnectionDetails.class, () -> new DataRedisConnectionDetails() {
                    @Override
                    public Standalone getStandalone() {
                        return Standalone.of(REDIS.host(), REDIS.port());
                    }
                })
                .run(context -> assertThat(context).hasSingleBean(FailoverStore.class));
    }

    @Test
    void isMemoryWhereThatIsAskedFor() {
        application(at(REDIS.host(), REDIS.port()))
                .withPropertyValues("ratelimit.backend=memory")
                .run(context -> assertThat(context).hasSingleBean(MemoryStore.class));
    }

    @Test
    void startsWithoutItsRedisAndDecidesAlone() {
        long start = System.nanoTime();
        application(at("127.0.0.1", closedPort())).run(context -> {
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("the time until it has started")
                    .isLessThan(Duration.ofSeconds(4));
            assertThat(context.getBean(RateLimiterRegistry.class).limiter("a").tryAcquire("someone"))
                    .isTrue();
        });
    }

    @Test
    void refusesToStartWithoutItsRedisWhereThatIsAskedFor() {
        int port = closedPort();
        String message = Startup.refusalOf(
                application(at("127.0.0.1", port)).withPropertyValues("ratelimit.redis.fail-fast=true"));
        assertThat(message)
                .contains("ratelimit.redis.fail-fast: true", "Redis at 127.0.0.1:" + port + " cannot be used")
                .contains("the connection could not be opened")
                .contains("example:  ratelimit.redis.fail-fast: false");
    }

    @Test
    void namesTheCommandsThatItsUserHasToBeAllowed() {
        REDIS.commands()
                .aclSetuser(
                        "readonly",
                        AclSetuserArgs.Builder.on()
                                .addPassword("hush")
                                .allKeys()
                                .allCommands()
                                .removeCommand(CommandType.SET));
        try {
            String message = Startup.refusalOf(application(at(REDIS.host(), REDIS.port()))
                    .withPropertyValues("spring.data.redis.username=readonly", "spring.data.redis.password=hush"));
            assertThat(message)
                    .contains(
                            "ratelimit.backend: \"redis\"",
                            "refuses",
                            "a user that may run EVALSHA, EVAL, TIME, GET, SET")
                    .doesNotContain("hush");
        } finally {
            REDIS.commands().aclDeluser("readonly");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SETRANGE", "PEXPIREAT", "STRLEN", "GETRANGE", "TIME", "GET", "DEL", "EVAL", "EVALSHA"})
    void refusesAUserWhoMayNotRunACommandThatSomeCounterNeedsSometime(String command) {
        application(at(REDIS.host(), REDIS.port()))
                .run(context -> assertThat(context)
                        .as("that the server knows the scripts")
                        .hasNotFailed());
        assertRefused(
                AclSetuserArgs.Builder.on()
                        .addPassword("hush")
                        .allKeys()
                        .allCommands()
                        .removeCommand(CommandType.valueOf(command)),
                "to run " + command);
    }

    @Test
    void namesAllCommandsThatItsUserMayNotRun() {
        assertRefused(
                AclSetuserArgs.Builder.on()
                        .addPassword("hush")
                        .allKeys()
                        .allCommands()
                        .removeCommand(CommandType.SETRANGE)
                        .removeCommand(CommandType.PEXPIREAT),
                "to run SETRANGE, PEXPIREAT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"another:*", "%s:{probe}:*", "%s:{??????????????????????}:*"})
    void refusesAUserWhoMayNotUseAllKeysOfTheNamespace(String pattern) {
        assertRefused(
                AclSetuserArgs.Builder.on()
                        .addPassword("hush")
                        .keyPattern(pattern.formatted(namespace))
                        .allCommands(),
                "on the keys " + namespace + ":*");
    }

    private void assertRefused(AclSetuserArgs user, String... said) {
        REDIS.commands().aclSetuser("restricted", user);
        try {
            assertThat(Startup.refusalOf(application(at(REDIS.host(), REDIS.port()))
                            .withPropertyValues(
                                    "spring.data.redis.username=restricted", "spring.data.redis.password=hush")))
                    .contains("ratelimit.backend: \"redis\"", "the user lacks a permission")
                    .contains(said)
                    .doesNotContain("hush");
        } finally {
            REDIS.commands().aclDeluser("restricted");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SETRANGE", "PEXPIREAT", "STRLEN", "DEL"})
    void refusesAServerWithoutACommandThatSomeCounterNeedsSometime(String command) {
        try (RedisFixture strange = RedisFixture.start("--rename-command", command, "")) {
            assertThat(Startup.refusalOf(application(at(strange.host(), strange.port()))))
                    .contains("the server does not have a command", command);
        }
    }

    @Test
    void namesTheCommandThatItsServerDoesNotHave() {
        try (RedisFixture strange = RedisFixture.start("--rename-command", "EVALSHA", "")) {
            assertThat(Startup.refusalOf(application(at(strange.host(), strange.port()))))
                    .contains("the server does not have a command", "EVALSHA", "Redis 6.2 or later, or Valkey");
        }
    }

    @Test
    void publishesTheTransitionsOfItsCircuitWithOneWarningEach() {
        Queue<RateLimitCircuitEvent> events = new ConcurrentLinkedQueue<>();
        try (RedisFixture redis = RedisFixture.start("--maxmemory-policy", "noeviction");
                LogLines lines = LogLines.from("io.ratelimit.failover")) {
            application(at(redis.host(), redis.port()))
                    .withPropertyValues(
                            "ratelimit.redis.timeout=5s",
                            "ratelimit.redis.circuit-breaker.slow-call-duration=5s",
                            "ratelimit.redis.circuit-breaker.open-duration=50ms")
                    .withInitializer(context -> context.addApplicationListener(heard(events)))
                    .run(context -> {
                        redis.commands().configSet("maxmemory", "1");
                        await().until(() -> {
                            loseBackend(context.getBean(LimitStore.class));
                            return !events.isEmpty();
                        });
                        redis.commands().configSet("maxmemory", "0");
                        await().until(() -> events.size() > 1);
                    });
            assertThat(events)
                    .containsExactly(
                            new RateLimitCircuitEvent("redis", CircuitState.OPEN, Optional.of(Kind.OOM)),
                            new RateLimitCircuitEvent("redis", CircuitState.CLOSED, Optional.empty()));
            assertThat(lines.at(Level.WARN))
                    .satisfiesExactly(
                            gone -> assertThat(gone).contains("failing (oom: "),
                            back -> assertThat(back).contains("is back"));
        }
    }

    private static ApplicationListener<PayloadApplicationEvent<?>> heard(Queue<RateLimitCircuitEvent> events) {
        return event -> {
            if (event.getPayload() instanceof RateLimitCircuitEvent transition) {
                events.add(transition);
            }
        };
    }

    @Test
    void decidesAlthoughAListenerOfItsEventsThrows() {
        application(at("127.0.0.1", closedPort()))
                .withPropertyValues("ratelimit.redis.circuit-breaker.failure-threshold=1")
                .withInitializer(context -> context.addApplicationListener((PayloadApplicationEvent<?> event) -> {
                    throw new IllegalStateException("this listener is broken");
                }))
                .run(context -> {
                    RateLimiter limiter =
                            context.getBean(RateLimiterRegistry.class).limiter("a");
                    for (int i = 0; i < 5; i++) {
                        assertThat(limiter.tryAcquire("someone")).isTrue();
                    }
                    assertThat(limiter.tryAcquire("someone")).isFalse();
                });
    }

    @Test
    void saysThatItsServerIsTooOld() throws IOException {
        try (OldRedis old = new OldRedis()) {
            assertThat(Startup.refusalOf(application(at("127.0.0.1", old.port()))))
                    .contains("syntax error", "from version 6.0.16", "expected: Redis 6.2 or later, or Valkey");
        }
    }

    @Test
    void warnsOnceOfAServerThatMayEvictQuotas() {
        try (RedisFixture full = RedisFixture.start("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru");
                LogLines lines = LogLines.from("io.ratelimit.redis")) {
            application(at(full.host(), full.port()))
                    .run(context -> await().untilAsserted(() -> assertThat(lines.at(Level.WARN))
                            .singleElement()
                            .asString()
                            .contains("may evict counters", "allkeys-lru")));
        }
    }

    @Test
    void runsWithThePermissionsThatTheDocumentsList() {
        RedisFixture redis = RedisFixture.shared();
        redis.commands()
                .aclSetuser(
                        "limiter",
                        AclSetuserArgs.Builder.on()
                                .addPassword("hush")
                                .keyPattern(namespace + ":*")
                                .addCommand(CommandType.EVALSHA)
                                .addCommand(CommandType.EVAL)
                                .addCommand(CommandType.TIME)
                                .addCommand(CommandType.GET)
                                .addCommand(CommandType.SET)
                                .addCommand(CommandType.DEL)
                                .addCommand(CommandType.PEXPIREAT)
                                .addCommand(CommandType.STRLEN)
                                .addCommand(CommandType.GETRANGE)
                                .addCommand(CommandType.SETRANGE));
        try {
            application(at(redis.host(), redis.port()))
                    .withPropertyValues("spring.data.redis.username=limiter", "spring.data.redis.password=hush")
                    .run(context -> {
                        await().untilAsserted(
                                        () -> assertThat(healthOf(context)).containsEntry("instances", 1));
                        assertThat(context.getBean(RateLimiterRegistry.class)
                                        .limiter("a")
                                        .tryAcquire("someone"))
                                .isTrue();
                        assertThat(counters()).as("the counters in Redis").hasSize(1);
                    });
        } finally {
            redis.commands().aclDeluser("limiter");
        }
    }

    @Test
    void saysThatCredentialsAreWrongWithoutShowingThem() {
        String message = Startup.refusalOf(application(at(REDIS.host(), REDIS.port()))
                .withPropertyValues("spring.data.redis.username=nobody", "spring.data.redis.password=hush"));
        assertThat(message).contains("does not accept the credentials").doesNotContain("hush");
    }

    @Test
    void leavesNothingOfItsProbeBehind() {
        application(at(REDIS.host(), REDIS.port()))
                .run(context -> assertThat(counters())
                        .as("the counters after the start")
                        .isEmpty());
    }

    @Test
    void sharesItsConnectionWithNobodyAndClosesIt() {
        application(at(REDIS.host(), REDIS.port()))
                .withPropertyValues("spring.data.redis.client-name=the-application")
                .run(context -> assertThat(REDIS.commands().clientList()).contains("name=the-application"));
        assertThat(REDIS.commands().clientList())
                .as("the clients after the application")
                .doesNotContain("name=the-application");
    }

    @Test
    void tellsItsHealthWithoutAsking() {
        application(at("127.0.0.1", closedPort()))
                .withPropertyValues("ratelimit.redis.circuit-breaker.failure-threshold=1")
                .run(context -> {
                    assertThat(context.getBean(RateLimiterRegistry.class)
                                    .limiter("a")
                                    .tryAcquire("someone"))
                            .isTrue();
                    Health health = context.getBean("rateLimitHealthIndicator", HealthIndicator.class)
                            .health();
                    assertThat(health.getStatus()).isEqualTo(Status.UP);
                    assertThat(health.getDetails())
                            .containsEntry("backend", "redis")
                            .containsEntry("degraded", true)
                            .containsEntry("circuit", "open");
                });
    }

    @Test
    void knowsHowManyInstancesShareTheLimits() {
        application(at(REDIS.host(), REDIS.port()))
                .run(first -> application(at(REDIS.host(), REDIS.port()))
                        .run(second -> await().untilAsserted(
                                        () -> assertThat(healthOf(second)).containsEntry("instances", 2))));
        application(at(REDIS.host(), REDIS.port()))
                .withPropertyValues("ratelimit.redis.fallback.instances=7")
                .run(fixed -> assertThat(healthOf(fixed)).containsEntry("instances", 7));
        application(at("127.0.0.1", closedPort()))
                .run(alone -> assertThat(healthOf(alone)).doesNotContainKey("instances"));
    }

    private static Map<String, Object> healthOf(ApplicationContext context) {
        return context.getBean("rateLimitHealthIndicator", HealthIndicator.class)
                .health()
                .getDetails();
    }

    @Test
    void isOutOfServiceOnlyWhileRulesDenyBecauseItIsGone() {
        application(at("127.0.0.1", closedPort()))
                .withPropertyValues(
                        "ratelimit.redis.circuit-breaker.failure-threshold=1",
                        "ratelimit.rules[0].id=a",
                        "ratelimit.rules[0].limit=5/1h",
                        "ratelimit.rules[0].on-failure=deny")
                .run(context -> {
                    HealthIndicator indicator = context.getBean("rateLimitHealthIndicator", HealthIndicator.class);
                    assertThat(indicator.health().getStatus())
                            .as("before the first call")
                            .isEqualTo(Status.UP);
                    assertThat(context.getBean(RateLimiterRegistry.class)
                                    .limiter("a")
                                    .tryAcquire("someone"))
                            .isFalse();
                    assertThat(indicator.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"shadow", "off"})
    void isInServiceWhileTheModeOfEverythingKeepsRulesFromDenying(String mode) {
        application(at("127.0.0.1", closedPort()))
                .withPropertyValues(
                        "ratelimit.redis.circuit-breaker.failure-threshold=1",
                        "ratelimit.mode=" + mode,
                        "ratelimit.rules[0].id=a",
                        "ratelimit.rules[0].limit=5/1h",
                        "ratelimit.rules[0].on-failure=deny")
                .run(context -> {
                    loseBackend(context.getBean(LimitStore.class));
                    Health health = context.getBean("rateLimitHealthIndicator", HealthIndicator.class)
                            .health();
                    assertThat(health.getDetails()).containsEntry("degraded", true);
                    assertThat(health.getStatus()).isEqualTo(Status.UP);
                });
    }

    static class Payments {
        @RateLimited(limit = 5, window = "1h", onFailure = FailurePolicy.DENY)
        public void pay() {}
    }

    @Test
    void isOutOfServiceWhileAnAnnotationDeniesBecauseItIsGone() {
        application(at("127.0.0.1", closedPort()))
                .withBean(Payments.class)
                .withPropertyValues("ratelimit.redis.circuit-breaker.failure-threshold=1")
                .run(context -> {
                    Payments payments = context.getBean(Payments.class);
                    assertThatThrownBy(payments::pay).isInstanceOf(RateLimitExceededException.class);
                    assertThat(context.getBean("rateLimitHealthIndicator", HealthIndicator.class)
                                    .health()
                                    .getStatus())
                            .isEqualTo(Status.OUT_OF_SERVICE);
                });
    }

    private static void loseBackend(LimitStore store) {
        Limit limit = Limit.of(5, Duration.ofHours(1));
        store.execute(Operation.Acquire.of(Demand.of(new Key("someone", "a"), limit, 1)))
                .toCompletableFuture()
                .join();
    }
}
