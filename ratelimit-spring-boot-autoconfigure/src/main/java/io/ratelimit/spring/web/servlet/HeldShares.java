package io.ratelimit.spring.web.servlet;

import io.ratelimit.limit.Key;
import java.util.HashMap;
import java.util.Map;

/**
 * Shares out the places of held requests: a rule has at most three quarters of them, and an owner at most half of what its
 * rule would have without it, so that there is room for another owner's request until some ten owners have all they may.
 *
 * <p>Safe for any number of threads. Only requests that wait come here, so one lock does.
 */
final class HeldShares {
    private final int most;
    private final int mostOfRule;
    private final Map<String, Integer> byRule = new HashMap<>();
    private final Map<String, Integer> byOwner = new HashMap<>();
    private int taken;

    HeldShares(int most) {
        this.most = most;
        this.mostOfRule = most - most / 4;
    }

    /**
     * Takes a place, to be given back once.
     *
     * @param key the counter that the request waits for: its owner, who is empty where all requests of the rule have the same,
     *     and its rule by the counter's name
     * @return whether there was one
     */
    synchronized boolean take(Key key) {
        int left = Math.min(most - taken, mostOfRule - byRule.getOrDefault(ruleOf(key), 0));
        if (left <= 0 || (!key.owner().isEmpty() && byOwner.getOrDefault(key.owner(), 0) >= left)) {
            return false;
        }
        taken++;
        byRule.merge(ruleOf(key), 1, Integer::sum);
        byOwner.merge(key.owner(), 1, Integer::sum);
        return true;
    }

    synchronized void giveBack(Key key) {
        taken--;
        byRule.computeIfPresent(ruleOf(key), (name, held) -> held == 1 ? null : held - 1);
        byOwner.computeIfPresent(key.owner(), (name, held) -> held == 1 ? null : held - 1);
    }

    /** The name of a counter begins with the rule's id; a rule may have several. */
    private static String ruleOf(Key key) {
        return key.counter().substring(0, Math.max(0, key.counter().indexOf(':')));
    }
}
