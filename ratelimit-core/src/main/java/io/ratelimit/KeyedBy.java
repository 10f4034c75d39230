package io.ratelimit;

import io.ratelimit.identity.Identity;
import io.ratelimit.identity.IdentityDigest;
import io.ratelimit.rule.RuleKey;
import java.util.function.Function;

/**
 * Names in the store whom a text means to a rule: under the rule's kind of key, so that a service and the web count the same
 * user as one.
 *
 * @param addresses tells as whom an address is counted
 * @param digest how identities are named in the store
 */
record KeyedBy(Function<String, Identity> addresses, IdentityDigest digest) {
    private static final String ANY = "key";

    String owner(RuleKey key, String value) {
        return digest.of(identity(key, value));
    }

    private Identity identity(RuleKey key, String value) {
        return switch (key.kind()) {
            case USER -> Identity.ofUser(value);
            case IP -> addresses.apply(value);
            case API_KEY -> Identity.ofApiKey(value);
            case GLOBAL -> Identity.global();
            case RESOLVER -> new Identity(Identity.RESOLVER + key.text(), value);
            case EXPRESSION -> new Identity(Identity.EXPRESSION, value);
            case IDENTITY -> new Identity(ANY, value);
        };
    }
}
