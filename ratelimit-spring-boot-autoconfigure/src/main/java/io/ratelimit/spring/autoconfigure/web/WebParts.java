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
import java.util.stream.Stream;
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

    /** Returns these parts with one more pattern of paths that are not limited. */
    WebParts excluding(String pattern) {
        String[] patterns =
                Stream.concat(settings.exclude().stream(), Stream.of(pattern)).toArray(String[]::new);
        return new WebParts(
                settings.withExclude(patterns), lists, digest, handlerRules, keyResolvers, customizer, errorListeners);
    }

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
