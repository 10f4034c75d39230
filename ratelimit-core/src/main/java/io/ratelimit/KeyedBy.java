package io.ratelimit;

import io.ratelimit.identity.Identity;
import io.ratelimit.rule.RuleKey;

/** Whom a text names to a rule: under the rule's kind of key, so that a service and the web count the same user as one. */
final class KeyedBy {
    private static final String ANY = "key";

    private KeyedBy() {}

    static Identity identity(RuleKey key, String value) {
        return switch (key.kind()) {
            case USER -> Identity.ofUser(value);
            case IP -> Identity.ofIp(value);
            case API_KEY -> Identity.ofApiKey(value);
            case GLOBAL -> Identity.global();
            case RESOLVER -> new Identity(Identity.RESOLVER + key.text(), value);
            case EXPRESSION -> new Identity(Identity.EXPRESSION, value);
            case IDENTITY -> new Identity(ANY, value);
        };
    }
}
