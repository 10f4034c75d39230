package io.ratelimit.spring.web.servlet;

import io.ratelimit.RuleLimiter;
import io.ratelimit.identity.ApiKeyRegistry;
import io.ratelimit.identity.ApiKeySettings;
import io.ratelimit.identity.ApiKeys;
import io.ratelimit.identity.ClientAddress;
import io.ratelimit.identity.ClientAddressSettings;
import io.ratelimit.identity.IdentityResolver;
import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import io.ratelimit.rule.RuleSet;
import io.ratelimit.rule.RulesInForce;
import io.ratelimit.spring.web.RequestGate;
import io.ratelimit.store.MemoryStore;
import java.util.List;
import java.util.Map;

/** Short ways to write rules down. */
final class Rules {
    private Rules() {}

    /** Five requests an hour, in fixed windows, by address. */
    static Rule.Builder five(String id, String... paths) {
        return Rule.named(id).paths(paths).key(RuleKey.parse("ip")).limits(fixed("5/1h"));
    }

    static Limit fixed(String text) {
        return Limit.parse(text, Algorithm.FIXED_WINDOW);
    }

    static Limit leaky(String text) {
        return Limit.parse(text, Algorithm.LEAKY_BUCKET);
    }

    /** A gate without rules, which knows no API keys and trusts no proxy. */
    static RequestGate gate() {
        return RequestGate.builder(
                        new RuleLimiter(MemoryStore.withMaxKeys(10), List.of()),
                        new RulesInForce(new RuleSet(List.of(), null, null)),
                        new IdentityResolver(
                                IdentityResolver.DEFAULT_ORDER,
                                new ApiKeys(
                                        ApiKeySettings.defaults(), ApiKeyRegistry.of(Map.of()), (kind, failure) -> {}),
                                new ClientAddress(ClientAddressSettings.defaults()),
                                null,
                                (kind, failure) -> {}))
                .build();
    }
}
