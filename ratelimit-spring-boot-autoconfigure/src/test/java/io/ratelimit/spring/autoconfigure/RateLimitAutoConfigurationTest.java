package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.ratelimit.RateLimiterRegistry;
import io.ratelimit.RuleLimiter;
import io.ratelimit.identity.ApiKey;
import io.ratelimit.identity.ApiKeyRegistry;
import io.ratelimit.identity.ApiKeys;
import io.ratelimit.identity.Identity;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleLimit;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.spring.configuration.RateLimitProperties;
import io.ratelimit.spring.configuration.RuleProperties;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.MemoryStore;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class RateLimitAutoConfigurationTest {
    private static final String ONE_RULE = "ratelimit: {rules: [{id: a, path: /a, limit: 5/1m}]}";

    @Test
    void limitsWithoutAnyConfiguration() {
        Startup.run(
                "{}",
                context -> assertThat(context)
                        .hasSingleBean(RuleLimiter.class)
                        .hasSingleBean(RateLimiterRegistry.class)
                        .hasSingleBean(MemoryStore.class)
                        .hasSingleBean(RuleSet.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "off", "no", "0", "FALSE"})
    void createsNothingWhenItIsNotEnabled(String no) {
        Startup.run(
                "ratelimit: {enabled: '" + no + "', banana: 1}",
                context -> assertThat(context.getBeanDefinitionNames())
                        .as("the names of all beans")
                        .noneMatch(name -> name.toLowerCase(Locale.ROOT).contains("ratelimit")));
    }

    @Test
    void readsWhatTheDocumentationShows() {
        Startup.run("""
                ratelimit:
                  enabled: true
                  backend:
                  mode: shadow
                  key-secret:
                  exclude: [/actuator/health/**, /hello]
                  default: {limit: 1000/1h, algorithm: sliding-counter, tiered: false}
                  tiers: {free: 100/1h, basic: [1000/1h, {limit: 10/1s, algorithm: fixed-window}], open: unlimited}
                  default-tier: free
                  rules:
                    - id: login
                      path: /login
                      methods: [post]
                      key: ip
                      limit: 5/1m
                      algorithm: fixed-window
                      burst:
                      cost: 1
                      tiered: false
                      count-when: {status: [401, 403]}
                      phase:
                      on-failure: local
                      mode:
                      enforce-percent: 100
                      max-delay: 5s
                    - id: items
                      paths: [/api/items, "/api/items/{id}"]
                      tiered: true
                      tiers: {basic: 7/1s burst 9}
                  identity:
                    order: [api-key, user, ip]
                    ip: {trusted-proxies: [], forwarded-header: X-Forwarded-For, ipv4-prefix: 32, ipv6-prefix: 64}
                    exempt: {}
                    blocked: {}
                  api-keys:
                    header: X-API-Key
                    query-parameter:
                    trust-unverified: false
                    keys:
                      - {name: acme, value: secret-of-acme, tier: basic}
                  headers: {style: x-ratelimit, max-retry-after: 24d}
                  retry-after-jitter: 0
                  memory: {max-keys: 1000000}
                  redis:
                    timeout: 100ms
                    fail-fast: false
                    circuit-breaker: {failure-threshold: 3, slow-call-duration: 50ms, open-duration: 1s}
                    fallback: {instances: auto, max-keys: 100000}
                """, context -> {
            RuleSet rules = context.getBean(RuleSet.class);
            Rule login = rules.find("login").orElseThrow();
            assertThat(login.methods()).containsExactly("POST");
            assertThat(login.countedStatuses()).containsExactlyInAnyOrder(401, 403);
            Rule items = rules.find("items").orElseThrow();
            assertThat(items.paths()).containsExactly("/api/items", "/api/items/{id}");
            assertThat(limits(items, "free")).containsExactly(Limit.parse("100/1h"));
            assertThat(limits(items, "basic"))
                    .as("the rule's own tier comes before that of all rules")
                    .containsExactly(Limit.parse("7/1s burst 9"));
            assertThat(limits(items, "open")).as("an unlimited tier").isEmpty();
            assertThat(limits(items, null))
                    .as("a tiered rule without a limit has that of the default tier")
                    .containsExactly(Limit.parse("100/1h"));
            assertThat(context.getBean(ApiKeyRegistry.class).find(ApiKeys.sha256Hex("secret-of-acme")))
                    .contains(new ApiKey("acme", "basic"));
        });
    }

    private static List<Limit> limits(Rule rule, String tier) {
        return rule.limits(tier).stream().map(RuleLimit::limit).toList();
    }

    @Test
    void readsATierThatIsWrittenAsAnObject() {
        Startup.run(
                "ratelimit: {tiers: {gold: {limit: 5/1m, algorithm: leaky-bucket, burst: 2}},"
                        + " rules: [{id: a, limit: 1/1m, tiered: true, max-delay: 1m}]}",
                context -> assertThat(
                                limits(context.getBean(RuleSet.class).find("a").orElseThrow(), "gold"))
                        .containsExactly(
                                Limit.parse("5/1m burst 2").withAlgorithm(io.ratelimit.limit.Algorithm.LEAKY_BUCKET)));
    }

    @Test
    void readsLimitsOfOneLine() {
        Startup.run(
                "ratelimit: {rules: [{id: a, limits: '5/1s, 100/1h burst 7'}]}",
                context -> assertThat(
                                limits(context.getBean(RuleSet.class).find("a").orElseThrow(), null))
                        .containsExactly(Limit.parse("5/1s"), Limit.parse("100/1h burst 7")));
    }

    @Test
    void keysDigestsWithTheSecret() {
        Startup.run(
                "ratelimit: {key-secret: hush}",
                context -> assertThat(context.getBean(IdentityDigest.class).of(Identity.ofIp("192.0.2.1")))
                        .isEqualTo(IdentityDigest.hmac("hush").of(Identity.ofIp("192.0.2.1")))
                        .isNotEqualTo(IdentityDigest.sha256().of(Identity.ofIp("192.0.2.1"))));
    }

    @Test
    void leavesTheApplicationsBeansAlone() {
        LimitStore store = MemoryStore.withMaxKeys(1);
        ApiKeyRegistry registry = hash -> Optional.empty();
        RuleSet rules = new RuleSet(List.of(), null, null);
        Startup.with("{}")
                .withBean("rateLimitStore", LimitStore.class, () -> store)
                .withBean(ApiKeyRegistry.class, () -> registry)
                .withBean(RuleSet.class, () -> rules)
                .run(context -> {
                    assertThat(context.getBean(LimitStore.class)).isSameAs(store);
                    assertThat(context.getBean(ApiKeyRegistry.class)).isSameAs(registry);
                    assertThat(context.getBean(RuleSet.class)).isSameAs(rules);
                    assertThat(context.getBean(BackendChoice.class).id()).isEqualTo("custom");
                });
    }

    @Test
    void saysInOneLineWhereCountersLive() {
        try (LogLines lines = LogLines.from("io.ratelimit")) {
            Startup.run(
                    "ratelimit: {default: {limit: 5/1m}}",
                    context -> assertThat(lines.at(Level.INFO))
                            .singleElement()
                            .asString()
                            .contains(
                                    "Rate limits are counted in the memory of this instance, because no Redis is configured"));
        }
    }

    @Test
    void asksForMemoryWithoutLookingForRedis() {
        try (LogLines lines = LogLines.from("io.ratelimit")) {
            Startup.run("ratelimit: {backend: memory}\nspring: {data: {redis: {host: nowhere.invalid}}}", context -> {
                assertThat(context).hasSingleBean(MemoryStore.class);
                assertThat(lines.at(Level.INFO))
                        .singleElement()
                        .asString()
                        .contains("in the memory of this instance, because ratelimit.backend says so");
            });
        }
    }

    @Test
    void namesTheLibraryThatTheRedisBackendMisses() {
        String message = Startup.refusalOf(Startup.with("ratelimit: {backend: redis}")
                .withClassLoader(new FilteredClassLoader("io.ratelimit.redis")));
        assertThat(message).contains("ratelimit.backend: \"redis\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.ratelimit.redis",
                "io.lettuce",
                "org.springframework.data.redis",
                "org.springframework.boot.data.redis",
                "org.springframework.boot.health",
                "org.springframework.boot.actuate",
                "org.springframework.security",
                "io.micrometer",
                "org.aspectj",
                "tools.jackson"
            })
    void startsWithoutAnOptionalLibrary(String missing) {
        Startup.oursForTheWeb(ONE_RULE)
                .withClassLoader(new FilteredClassLoader(missing))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(RuleLimiter.class));
    }

    @Test
    void startsBesideEverythingElse() {
        Startup.everything(ONE_RULE)
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(RuleLimiter.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"org.springframework.web", "jakarta.servlet", "org.springframework.boot.webmvc"})
    void startsWithoutTheWeb(String missing) {
        Startup.oursWithoutWeb(ONE_RULE)
                .withClassLoader(new FilteredClassLoader(missing))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(RuleLimiter.class));
    }

    @Test
    void findsUnknownNamesInArguments() {
        assertThat(Startup.refusalOf(Startup.with("{}").withPropertyValues("ratelimit.banana=1")))
                .contains("ratelimit.banana: \"1\"");
    }

    @Test
    void findsUnknownNamesInJson() {
        assertThat(Startup.refusalOf(Startup.with("{}").withInitializer(RateLimitAutoConfigurationTest::json)))
                .contains("ratelimit.banana: 1", "spring.application.json");
    }

    /** As the environment of a container is in which Kubernetes knows a service called ratelimit. */
    @Test
    void takesNoOffenceAtTheEnvironment() {
        Map<String, Object> environment = Map.of(
                "RATELIMIT_PORT", "tcp://10.0.0.1:80", "RATELIMIT_SERVICE_HOST", "10.0.0.1", "RATELIMIT_MODE", "off");
        Startup.with("{}")
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .replace(
                                "systemEnvironment",
                                new SystemEnvironmentPropertySource("systemEnvironment", environment)))
                .run(context -> assertThat(
                                context.getBean(RateLimitProperties.class).mode())
                        .as("a name that is known is read from there too")
                        .isEqualTo(Mode.OFF));
    }

    /** What {@code SPRING_APPLICATION_JSON} becomes before a context is made. */
    private static void json(ConfigurableApplicationContext context) {
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource("spring.application.json", Map.of("ratelimit.banana", 1)));
    }

    @Test
    void tellsEverythingAtOnce() {
        String message = Startup.refusalOf("""
                ratelimit:
                  mode: enforced
                  banana: 1
                  redis: {timeout: abc}
                  rules:
                    - {id: Login, limit: 0/1m}
                  api-keys:
                    keys: [{name: acme, value: the-secret, sha256: the-hash}]
                """);
        assertThat(message)
                .startsWith("The rate limit configuration has 6 problems:")
                .contains(
                        "ratelimit.mode: \"enforced\"",
                        "ratelimit.banana: 1",
                        "ratelimit.redis.timeout: \"abc\"",
                        "ratelimit.rules[0].id: \"Login\"",
                        "ratelimit.rules[0].limit: \"0/1m\"",
                        "ratelimit.api-keys.keys[0].sha256: ******",
                        "[application.yml] - 6:12")
                .doesNotContain("the-secret", "the-hash", "\tat ", "Bindable");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "api-keys: s3cret",
                "api-keys: {acme: s3cret}",
                "api-keys: {keys: s3cret}",
                "api-keys: {keys: [s3cret]}",
                "api-keys: {keys: [{name: acme, vaule: s3cret}]}",
                "api-keys: {keys: [{name: acme, sha256: s3cret}]}",
                "api-keys: {keys: [{name: acme, value: s3cret}, {name: b, value: s3cret}]}",
                "key-secrets: s3cret",
                "apikeys: {kees: [{value: s3cret}]}"
            })
    void keepsSecretsOutOfItsMessages(String mistake) {
        assertThat(Startup.refusalOf("ratelimit: {" + mistake + "}"))
                .contains("problem:")
                .doesNotContain("s3cret");
    }

    @Test
    void keepsSecretsOutOfTheTextOfItsProperties() {
        Startup.run("ratelimit: {key-secret: hush, api-keys: {keys: [{name: a, value: s3cret}]}}", context -> {
            RateLimitProperties properties = context.getBean(RateLimitProperties.class);
            assertThat(properties.toString() + properties.apiKeys()).doesNotContain("hush", "s3cret");
        });
    }

    @Test
    void hasTheDocumentedDefaults() {
        Startup.run("ratelimit: {default: {limit: 1/1m}, rules: [{id: a, limit: 1/1m}]}", context -> {
            RateLimitProperties all = context.getBean(RateLimitProperties.class);
            assertThat(Map.ofEntries(
                            Map.entry("enabled", all.enabled()),
                            Map.entry("mode", all.mode().id()),
                            Map.entry("namespace", all.namespace()),
                            Map.entry("exclude", all.exclude()),
                            Map.entry("case-insensitive", all.caseInsensitive()),
                            Map.entry(
                                    "default.algorithm",
                                    all.defaultRule().algorithm().id()),
                            Map.entry("default.tiered", all.defaultRule().tiered()),
                            Map.entry("default-tier", all.defaultTier()),
                            Map.entry("identity.order", all.identity().order().toString()),
                            Map.entry("identity.ip", all.identity().ip().toString()),
                            Map.entry("api-keys.header", all.apiKeys().header()),
                            Map.entry("api-keys.trust-unverified", all.apiKeys().trustUnverified()),
                            Map.entry("headers.style", all.headers().style().id()),
                            Map.entry(
                                    "headers.max-retry-after",
                                    all.headers().maxRetryAfter().toDays()),
                            Map.entry("retry-after-jitter", all.retryAfterJitter()),
                            Map.entry("memory.max-keys", all.memory().maxKeys()),
                            Map.entry("max-held", all.maxHeld()),
                            Map.entry("redis.timeout", all.redis().timeout().toMillis()),
                            Map.entry("redis.fail-fast", all.redis().failFast()),
                            Map.entry(
                                    "redis.circuit-breaker",
                                    all.redis().circuitBreaker().toString()),
                            Map.entry("redis.fallback", all.redis().fallback().toString())))
                    .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                            Map.entry("enabled", true),
                            Map.entry("mode", "enforce"),
                            Map.entry("namespace", "ratelimit"),
                            Map.entry("exclude", List.of("/actuator/health/**")),
                            Map.entry("case-insensitive", false),
                            Map.entry("default.algorithm", "sliding-counter"),
                            Map.entry("default.tiered", false),
                            Map.entry("default-tier", "free"),
                            Map.entry("identity.order", "[API_KEY, USER, IP]"),
                            Map.entry(
                                    "identity.ip",
                                    "Ip[trustedProxies=[], forwardedHeader=X-Forwarded-For, ipv4Prefix=32, ipv6Prefix=64]"),
                            Map.entry("api-keys.header", "X-API-Key"),
                            Map.entry("api-keys.trust-unverified", false),
                            Map.entry("headers.style", "x-ratelimit"),
                            Map.entry("headers.max-retry-after", 24L),
                            Map.entry("retry-after-jitter", 0.0),
                            Map.entry("memory.max-keys", 1_000_000),
                            Map.entry("max-held", 1_000),
                            Map.entry("redis.timeout", 100L),
                            Map.entry("redis.fail-fast", false),
                            Map.entry(
                                    "redis.circuit-breaker",
                                    "CircuitBreaker[failureThreshold=3, slowCallDuration=PT0.05S, openDuration=PT1S]"),
                            Map.entry("redis.fallback", "Fallback[instances=auto, maxKeys=100000]")));
            RuleProperties rule = all.rules().get(0);
            assertThat(rule.toString())
                    .contains(
                            "key=identity",
                            "algorithm=token-bucket",
                            "cost=1",
                            "tiered=false",
                            "onFailure=local",
                            "mode=enforce",
                            "enforcePercent=100",
                            "maxDelay=PT5S");
            assertThat(rule.maxDelay())
                    .as("the same where a rule is made in code")
                    .isEqualTo(Rule.DEFAULT_MAX_DELAY)
                    .isEqualTo(
                            Rule.named("a").limits(Limit.parse("1/1s")).build().maxDelay());
        });
    }
}
