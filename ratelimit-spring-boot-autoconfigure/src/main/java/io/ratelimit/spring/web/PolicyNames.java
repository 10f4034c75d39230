package io.ratelimit.spring.web;

import io.ratelimit.limit.LimitDecision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Names limits to clients: by their rule's id, and from a rule's second limit on with a number behind it. */
final class PolicyNames {
    private PolicyNames() {}

    /** Returns the names of limits, in their order. */
    static List<String> of(List<LimitDecision> limits) {
        Map<String, Integer> seen = new HashMap<>();
        List<String> names = new ArrayList<>(limits.size());
        for (LimitDecision limit : limits) {
            String rule = ruleOf(limit);
            int n = seen.merge(rule, 1, Integer::sum);
            names.add(n == 1 ? rule : rule + "-" + n);
        }
        return names;
    }

    /** Returns the names of the limits that deny. */
    static List<String> ofDenying(List<LimitDecision> limits) {
        List<String> names = of(limits);
        List<String> denying = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            if (!limits.get(i).allowed()) {
                denying.add(names.get(i));
            }
        }
        return denying;
    }

    /** The name of a counter begins with the rule's id. */
    private static String ruleOf(LimitDecision limit) {
        String counter = limit.demand().key().counter();
        int colon = counter.indexOf(':');
        return colon < 0 ? counter : counter.substring(0, colon);
    }
}
