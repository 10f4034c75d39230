package io.ratelimit.spring.annotation;

import io.ratelimit.RuleLimiter;
import io.ratelimit.identity.ApiKeyRegistry;
import io.ratelimit.identity.ApiKeySettings;
import io.ratelimit.identity.ApiKeys;
import io.ratelimit.identity.ClientAddress;
import io.ratelimit.identity.ClientAddressSettings;
import io.ratelimit.identity.IdentityResolver;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.rule.RulesInForce;
import io.ratelimit.spring.web.RequestGate;
import io.ratelimit.spring.web.WebSettings;
import io.ratelimit.spring.web.servlet.RateLimitWeb;
import io.ratelimit.spring.web.servlet.RequestRules;
import io.ratelimit.store.MemoryStore;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import org.springframework.web.servlet.handler.MappedInterceptor;

/** A web application with both layers, wired as the auto-configuration does. */
@Configuration(proxyBeanMethods = false)
@EnableWebMvc
class LimitedWeb {
    @Bean
    RuleSet rules() {
        return new RuleSet(
                List.of(
                        Rule.named("by-path")
                                .paths("/orders/**")
                                .limits(Limit.parse("3/1m"))
                                .build(),
                        Rule.named("by-name").limits(Limit.parse("3/1m")).build()),
                null,
                null);
    }

    @Bean
    RuleLimiter limiter() {
        ManualTicker ticker = new ManualTicker(1_700_000_000_000_000L);
        return new RuleLimiter(MemoryStore.of(ticker, 10_000, Source.MEMORY), List.of());
    }

    @Bean
    IdentityResolver identities() {
        return new IdentityResolver(
                IdentityResolver.DEFAULT_ORDER,
                new ApiKeys(ApiKeySettings.defaults(), ApiKeyRegistry.of(Map.of()), (kind, failure) -> {}),
                new ClientAddress(ClientAddressSettings.defaults()),
                null,
                (kind, failure) -> {});
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static RateLimitedSupport rateLimitedSupport(
            ObjectProvider<RuleSet> rules,
            ObjectProvider<RuleLimiter> limiter,
            ObjectProvider<RequestRules> requestRules) {
        return new RateLimitedSupport(new ApplicationParts() {
            @Override
            public RuleSet rules() {
                return rules.getObject();
            }

            @Override
            public RuleLimiter limiter() {
                return limiter.getObject();
            }

            @Override
            public WebLayer web() {
                return new ServletWebLayer(requestRules::getObject);
            }
        });
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static RateLimitedPostProcessor rateLimitedPostProcessor(RateLimitedSupport support) {
        return support.postProcessor();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static BeanPostProcessor rateLimitedOutermostPostProcessor(RateLimitedSupport support) {
        return support.outermostPostProcessor();
    }

    @Bean
    RateLimitWeb web(
            ApplicationContext context,
            RuleLimiter limiter,
            RuleSet rules,
            IdentityResolver identities,
            RateLimitedSupport support,
            ObjectProvider<WebSettings> settings) {
        RequestGate gate = RequestGate.builder(limiter, new RulesInForce(rules), identities)
                .settings(settings.getIfAvailable(WebSettings::defaults))
                .build();
        return new RateLimitWeb(context, gate, new AnnotatedHandlers(support), null);
    }

    @Bean
    RequestRules requestRules(RateLimitWeb web) {
        return web.requestRules();
    }

    @Bean
    MappedInterceptor interceptor(RateLimitWeb web) {
        return web.interceptor();
    }

    @Bean
    HandlerExceptionResolver denials(RateLimitWeb web) {
        return web.exceptionResolver();
    }
}
