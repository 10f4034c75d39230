package io.ratelimit.spring.autoconfigure.web;

import io.ratelimit.identity.AccessLists;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.spring.decision.LimiterErrorListener;
import io.ratelimit.spring.web.HandlerRules;
import io.ratelimit.spring.web.KeyResolver;
import io.ratelimit.spring.web.RateLimitResponseCustomizer;
import io.ratelimit.spring.web.RateLimitWeb;
import io.ratelimit.spring.web.WebSettings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the properties and the application add to the web side. */
record WebParts(
        WebSettings settings,
        AccessLists lists,
        IdentityDigest digest,
        HandlerRules handlerRules,
        Map<String, KeyResolver> keyResolvers,
        @Nullable RateLimitResponseCustomizer customizer,
        List<LimiterErrorListener> errorListeners) {

    RateLimitWeb.Builder addTo(RateLimitWeb.Builder web) {
        return web.settings(settings)
                .lists(lists)
                .digest(digest)
                .handlerRules(handlerRules)
                .keyResolvers(keyResolvers)
                .customizer(customizer)
                .errorListener((error, cause) -> errorListeners.forEach(listener -> listener.failed(error, cause)));
    }
}
