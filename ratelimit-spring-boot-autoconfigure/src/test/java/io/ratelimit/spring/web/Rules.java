package io.ratelimit.spring.web;

import io.ratelimit.limit.Algorithm;
import io.ratelimit.limit.Limit;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;

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
}
