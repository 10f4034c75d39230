package io.ratelimit.spring.autoconfigure.web;

import io.ratelimit.RuleLimiter;
import io.ratelimit.identity.AccessLists;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.identity.IdentityResolver;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RulesInForce;
import io.ratelimit.spring.decision.LimiterError;
import io.ratelimit.spring.decision.LimiterErrorListener;
import io.ratelimit.spring.decision.LimiterErrors;
import io.ratelimit.spring.web.HandlerRules;
import io.ratelimit.spring.web.RequestGate;
import io.ratelimit.spring.web.WebSettings;
import io.ratelimit.spring.web.servlet.KeyResolver;
import io.ratelimit.spring.web.servlet.RateLimitResponseCustomizer;
import io.ratelimit.spring.web.servlet.RateLimitWeb;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;

/** What the limiter in front of a server is made of: that of the application, and that of a management port of its own. */
record WebParts(
        RuleLimiter limiter,
        RulesInForce rules,
        IdentityResolver identities,
        AccessLists lists,
        IdentityDigest digest,
        List<HandlerRules> handlerRules,
        Map<String, KeyResolver> keyResolvers,
        @Nullable RateLimitResponseCustomizer customizer,
        List<LimiterErrorListener> errorListeners) {

    RequestGate gate(WebSettings settings) {
        return RequestGate.builder(limiter, rules, identities)
                .settings(settings)
                .lists(lists)
                .digest(digest)
                .keys(RateLimitWeb.keys(keyResolvers))
                .errorListener((error, cause) -> errorListeners.forEach(listener -> listener.failed(error, cause)))
                .build();
    }

    RateLimitWeb web(ApplicationContext context, RequestGate gate) {
        return new RateLimitWeb(context, gate, all(gate.errors()), customizer);
    }

    /**
     * Those of annotations and those of the application: neither replaces the other, and one that fails takes no other's away.
     */
    private HandlerRules all(LimiterErrors errors) {
        if (handlerRules.size() == 1) {
            return handlerRules.get(0);
        }
        return method -> {
            List<Rule> all = new ArrayList<>();
            for (HandlerRules source : handlerRules) {
                try {
                    all.addAll(source.rulesFor(method));
                } catch (RuntimeException defect) {
                    errors.report(LimiterError.DECISION, "a handler", defect);
                }
            }
            return all;
        };
    }
}
