package io.ratelimit.spring.actuate;

import io.ratelimit.identity.Identity;
import io.ratelimit.rule.Rule;
import io.ratelimit.rule.RuleKey;
import java.util.List;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

/** The kinds of identity that a rule counts, as far as a person can name them. */
final class CountedKinds {
    private CountedKinds() {}

    /**
     * Checks that a rule counts a kind: of any other there is nothing to show or forget.
     *
     * @throws InvalidEndpointRequestException if it does not
     */
    static void check(Rule rule, String kind) {
        List<String> counted = of(rule.key());
        if (!counted.contains(kind)) {
            String kinds = counted.isEmpty() ? "none that can be asked for" : String.join(", ", counted);
            throw new InvalidEndpointRequestException(
                    "kind: not counted by rule " + rule.id(),
                    "kind: " + kind + " (expected: what a rule with the key " + rule.key() + " counts: " + kinds + ")");
        }
    }

    private static List<String> of(RuleKey key) {
        return switch (key.kind()) {
            case IDENTITY -> List.of(Identity.API_KEY, Identity.USER, Identity.IP);
            case API_KEY, USER, IP, GLOBAL -> List.of(key.text());
            case RESOLVER, EXPRESSION -> List.of();
        };
    }
}
