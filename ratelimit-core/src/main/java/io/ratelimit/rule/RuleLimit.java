package io.ratelimit.rule;

import io.ratelimit.limit.Limit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One limit of a rule and the name of its counters.
 *
 * @param limit the limit
 * @param counter the name, such as {@code login:fw1m}; the same for limits that may share their state
 */
public record RuleLimit(Limit limit, String counter) {
    /** Checks that both parts are there. */
    public RuleLimit {
        Objects.requireNonNull(limit, "limit");
        Objects.requireNonNull(counter, "counter");
    }

    /** Names the counters of a rule's limits: those that algorithm and window do not tell apart get a number. */
    static List<RuleLimit> of(String ruleId, List<Limit> limits) {
        List<RuleLimit> named = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        for (Limit limit : limits) {
            String name = limit.counterName();
            int n = seen.merge(name, 1, Integer::sum);
            named.add(new RuleLimit(limit, ruleId + ":" + name + (n == 1 ? "" : "." + n)));
        }
        return List.copyOf(named);
    }
}
