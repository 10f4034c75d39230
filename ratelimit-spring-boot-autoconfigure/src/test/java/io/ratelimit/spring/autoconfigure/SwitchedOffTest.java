package io.ratelimit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.RateLimiter;
import io.ratelimit.RateLimiterRegistry;
import io.ratelimit.Reservation;
import io.ratelimit.RuleDecision;
import io.ratelimit.RuleLimiter;
import io.ratelimit.identity.AccessLists;
import io.ratelimit.identity.ApiKeyRegistry;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.identity.IdentityResolver;
import io.ratelimit.limit.Decision;
import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Mode;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleDemand;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.spring.annotation.RateLimited;
import io.ratelimit.spring.configuration.RateLimitProperties;
import io.ratelimit.spring.web.servlet.KeyResolver;
import io.ratelimit.spring.web.servlet.RateLimitWeb;
import io.ratelimit.spring.web.servlet.RequestRules;
import io.ratelimit.store.LimitStore;
import io.ratelimit.store.MemoryStore;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.mock.web.MockHttpServletRequest;

/** {@code ratelimit.enabled: false} switches limits off, and not the application that uses them. */
class SwitchedOffTest {
    private static final String RULES =
            "rules: [{id: mail, limit: 1/1h}, {id: all, path: /**, limit: 1/1h, key: tenant}], default: {limit: 1/1h}";

    /** Injects all that the documentation names. */
    record Service(
            RateLimiterRegistry registry,
            RateLimiter mail,
            RuleLimiter limiter,
            RuleSet rules,
            LimitStore store,
            IdentityResolver identities,
            IdentityDigest digest,
            ApiKeyRegistry keys,
            AccessLists lists) {}

    static class Limited {
        @RateLimited("1/1h")
        String call() {
            return "called";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Application {
        @Bean
        Service service(
                RateLimiterRegistry registry,
                @Qualifier("mail") RateLimiter mail,
                RuleLimiter limiter,
                RuleSet rules,
                LimitStore store,
                IdentityResolver identities,
                IdentityDigest digest,
                ApiKeyRegistry keys,
                AccessLists lists) {
            return new Service(registry, mail, limiter, rules, store, identities, digest, keys, lists);
        }

        @Bean
        Limited limited() {
            return new Limited();
        }
    }

    record Tenants(IdentityResolver identities, RequestRules rules) implements KeyResolver {
        @Override
        public String resolve(HttpServletRequest request) {
            return "tenant";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WebApplication {
        @Bean
        Tenants tenant(IdentityResolver identities, RequestRules rules) {
            return new Tenants(identities, rules);
        }
    }

    private static String off(String no, String more) {
        return "ratelimit: {enabled: '" + no + "', " + more + "}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "off", "no", "0", "FALSE"})
    void everythingThatCanBeInjectedIsThere(String no) {
        Startup.oursWithoutWeb(off(no, RULES))
                .withUserConfiguration(Application.class)
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(Service.class));
        Startup.oursForTheWeb(off(no, RULES))
                .withUserConfiguration(Application.class, WebApplication.class)
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(Tenants.class));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "banana: 1, rules: [{id: mail}]",
                "mode: enforced, rules: [{id: mail, limit: many}]",
                "rules: [{id: Mail, limit: 1/1h}, {id: mail, limit: 1/1h}, {limit: 1/1h}]",
                "rules: [{id: mail}, {id: mail}], backend: redis",
                "rules: [{id: mail, key: nobody}], identity: {order: [shoe-size]}",
                "rules: [{id: default}, {id: mail}], redis: {timeout: never}"
            })
    void noMistakeInTheConfigurationMatters(String mistake) {
        Startup.oursForTheWeb(off("false", mistake))
                .withUserConfiguration(Application.class, WebApplication.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void everyLimiterAdmits() {
        Startup.oursWithoutWeb(off("false", RULES))
                .withUserConfiguration(Application.class)
                .run(context -> {
                    Service service = context.getBean(Service.class);
                    assertAdmits(service.mail());
                    assertAdmits(service.registry().limiter("mail"));
                    assertAdmits(service.registry().limiter("all").forTier("gold"));
                    assertAdmits(service.registry().limiter("default"));
                    Limited limited = context.getBean(Limited.class);
                    for (int i = 0; i < 5; i++) {
                        assertThat(limited.call()).isEqualTo("called");
                    }
                });
    }

    private static void assertAdmits(RateLimiter limiter) {
        for (int i = 0; i < 5; i++) {
            Decision decision = limiter.acquire("anyone", 1_000);
            assertThat(decision.allowed()).isTrue();
            assertThat(decision.remaining()).isGreaterThan(1_000);
            assertThat(limiter.peek("anyone").allowed()).isTrue();
            assertThat(limiter.charge("anyone", 5).allowed()).isTrue();
            limiter.refund(decision);
            limiter.reset("anyone");
            assertThat(limiter.acquireAsync("anyone")
                            .toCompletableFuture()
                            .join()
                            .allowed())
                    .isTrue();
            try (Reservation reservation =
                    limiter.reserve("anyone", 5, Duration.ofMinutes(1)).orElseThrow()) {
                reservation.settle(7);
            }
        }
    }

    /** An application may make rules of its own and ask about them. */
    @Test
    void theLimiterOfAnyRuleAdmits() {
        Startup.oursWithoutWeb(off("false", RULES))
                .withUserConfiguration(Application.class)
                .run(context -> {
                    Service service = context.getBean(Service.class);
                    Rule own = Rule.named("own")
                            .limits(Limit.parse("1/1h"), Limit.parse("2/1d"))
                            .build();
                    List<RuleDemand> demands = List.of(
                            RuleDemand.of(own, "someone", null, 3, Mode.ENFORCE).orElseThrow(),
                            RuleDemand.of(own, "other", null, 3, Mode.SHADOW).orElseThrow());
                    for (int i = 0; i < 5; i++) {
                        RuleDecision made = service.limiter()
                                .acquire(demands)
                                .toCompletableFuture()
                                .join();
                        assertThat(made.rules()).hasSize(2).allMatch(RuleDecision.PerRule::allowed);
                        assertThat(made.decision().allowed()).isTrue();
                        assertThat(made.decision().grants()).isEmpty();
                    }
                    assertThat(service.limiter()
                                    .peek(demands)
                                    .toCompletableFuture()
                                    .join()
                                    .decision()
                                    .allowed())
                            .isTrue();
                    service.limiter().charge(demands).toCompletableFuture().join();
                    service.limiter().reset(demands).toCompletableFuture().join();
                });
    }

    @Test
    void nobodyIsAskedAboutARequestAndNothingStandsInFrontOfIt() {
        Startup.oursForTheWeb(off("false", RULES))
                .withUserConfiguration(WebApplication.class)
                .run(context -> {
                    RuleSet rules = context.getBean(RuleSet.class);
                    for (int i = 0; i < 5; i++) {
                        assertThat(context.getBean(RequestRules.class)
                                        .acquire(new MockHttpServletRequest("GET", "/any"), rules.rules()))
                                .isEmpty();
                    }
                    assertThat(context)
                            .doesNotHaveBean(RateLimitWeb.class)
                            .doesNotHaveBean(FilterRegistrationBean.class)
                            .doesNotHaveBean(RateLimitProperties.class);
                });
    }

    @Test
    void theStoreOfTheApplicationIsNotAsked() {
        LimitStore own = MemoryStore.withMaxKeys(10);
        Startup.oursWithoutWeb(off("false", RULES))
                .withUserConfiguration(Application.class)
                .withBean("own", LimitStore.class, () -> own)
                .run(context -> {
                    assertThat(((ApplicationContext) context).getBean(LimitStore.class))
                            .isSameAs(own);
                    own.close();
                    assertAdmits(context.getBean(Service.class).mail());
                });
    }
}
