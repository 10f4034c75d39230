package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.ratelimit.RuleLimiter;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.spring.actuate.RateLimitMetrics;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

class MetricsTest {
    private static ApplicationContextRunner application(String rules) {
        return Startup.oursWithoutWeb("ratelimit:\n  rules:\n" + rules.indent(4))
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new);
    }

    private static void ask(ApplicationContext context, String owner, String... ids) {
        RuleSet rules = context.getBean(RuleSet.class);
        List<RuleDemand> demands = Arrays.stream(ids)
                .map(id -> rules.find(id).orElseThrow())
                .map(rule -> demand(rule, owner))
                .toList();
        assertThat(context.getBean(RuleLimiter.class).acquire(demands).toCompletableFuture())
                .succeedsWithin(Duration.ofSeconds(5));
    }

    private static RuleDemand demand(Rule rule, String owner) {
        return RuleDemand.of(rule, owner, null, 1, Mode.ENFORCE).orElseThrow();
    }

    private static String requests(ApplicationContext context) {
        return context.getBean(MeterRegistry.class).find("ratelimit.requests").counters().stream()
                .map(MetricsTest::line)
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    private static String line(Counter counter) {
        TreeMap<String, String> tags = new TreeMap<>();
        counter.getId().getTags().forEach(tag -> tags.put(tag.getKey(), tag.getValue()));
        return tags + " " + Math.round(counter.count());
    }

    @Test
    void countsWhatEachRuleSaid() {
        application("""
                        - {id: tight, path: /a, limit: 1/1h, algorithm: fixed-window}
                        - {id: wide, path: /a, limit: 100/1h}
                        - {id: watched, path: /a, limit: 1/1h, mode: shadow}
                        - {id: paced, path: /b, limit: 1/1s burst 2, algorithm: leaky-bucket}
                        """).run(context -> {
            ask(context, "someone", "tight", "wide", "watched");
            ask(context, "someone", "tight", "wide", "watched");
            ask(context, "someone", "wide", "watched");
            ask(context, "someone", "paced");
            ask(context, "someone", "paced");
            assertThat(requests(context)).isEqualTo("""
                                    {algorithm=fixed-window, outcome=allowed, rule=tight, source=memory} 1
                                    {algorithm=fixed-window, outcome=denied, rule=tight, source=memory} 1
                                    {algorithm=leaky-bucket, outcome=allowed, rule=paced, source=memory} 1
                                    {algorithm=leaky-bucket, outcome=delayed, rule=paced, source=memory} 1
                                    {algorithm=token-bucket, outcome=allowed, rule=watched, source=memory} 1
                                    {algorithm=token-bucket, outcome=allowed, rule=wide, source=memory} 2
                                    {algorithm=token-bucket, outcome=shadow-denied, rule=watched, source=memory} 1""");
        });
    }

    @Test
    void timesDecisionsByTheirOutcome() {
        application("- {id: a, path: /a, limit: 1/1h}").run(context -> {
            ask(context, "someone", "a");
            ask(context, "someone", "a");
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(registry.get("ratelimit.decision")
                            .tags("backend", "memory", "outcome", "allowed")
                            .timer()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("ratelimit.decision")
                            .tags("backend", "memory", "outcome", "denied")
                            .timer()
                            .count())
                    .isEqualTo(1);
        });
    }

    @Test
    void hasAsManyMetersForAMillionIdentitiesAsForOneAndNoMoreCountersThanConfigured() {
        application("- {id: a, path: /a, limit: 1/1h}")
                .withPropertyValues("ratelimit.memory.max-keys=10000")
                .run(context -> {
                    ask(context, "someone", "a");
                    ask(context, "someone", "a");
                    MeterRegistry registry = context.getBean(MeterRegistry.class);
                    List<Meter> before = registry.getMeters();
                    RuleLimiter limiter = context.getBean(RuleLimiter.class);
                    Rule rule = context.getBean(RuleSet.class).find("a").orElseThrow();
                    for (int i = 0; i < 1_000_000; i++) {
                        limiter.acquire(List.of(demand(rule, "identity-" + i)))
                                .toCompletableFuture()
                                .join();
                    }
                    assertThat(registry.getMeters()).hasSameSizeAs(before);
                    assertThat(registry.getMeters().toString()).doesNotContain("identity-");
                    assertThat(context.getBean(MemoryStore.class).size()).isBetween(9_000L, 10_000L);
                });
    }

    @ParameterizedTest
    @EnumSource(StoreException.Kind.class)
    void countsFailuresOfTheBackendByTheirKind(StoreException.Kind kind) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new RateLimitMetrics(registry, "redis").failed(new StoreException(kind, "failed", null));
        assertThat(registry.get("ratelimit.backend.errors")
                        .tag("kind", kind.id())
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.find("ratelimit.backend.errors").counters())
                .as("the counters, which are all there from the start")
                .hasSize(StoreException.Kind.values().length);
    }

    @Test
    void countsFailuresOfTheApplicationsCode() {
        Startup.oursWithoutWeb("{}")
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .run(context -> {
                    context.getBean(RateLimitMetrics.class).onIdentityError("tier", new IllegalStateException());
                    assertThat(context.getBean(MeterRegistry.class)
                                    .get("ratelimit.errors")
                                    .tag("kind", "tier")
                                    .counter()
                                    .count())
                            .isEqualTo(1);
                });
    }

    @Test
    void decidesAlthoughTheRegistryThrows() {
        Startup.oursWithoutWeb("ratelimit: {rules: [{id: a, limit: 1/1h}]}")
                .withBean(MeterRegistry.class, BrokenRegistry::new)
                .run(context -> ask(context, "someone", "a"));
    }

    @Test
    void isNotThereWithoutARegistry() {
        Startup.oursWithoutWeb("{}").run(context -> assertThat(context).doesNotHaveBean(RateLimitMetrics.class));
    }

    /** Takes the meters that are there from the start, and no other. */
    private static final class BrokenRegistry extends SimpleMeterRegistry {
        @Override
        protected Counter newCounter(Meter.Id id) {
            if (id.getName().equals("ratelimit.requests")) {
                throw new IllegalStateException("this registry is broken");
            }
            return super.newCounter(id);
        }
    }
}
