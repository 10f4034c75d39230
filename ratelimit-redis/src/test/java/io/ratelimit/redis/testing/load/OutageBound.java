package io.ratelimit.redis.testing.load;

import io.ratelimit.redis.testing.load.Ledger.Quota;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What may be admitted: the limit in each window of each key, and in an outage what remained at its onset and the shares of
 * all instances.
 *
 * @param limit the permits of a window
 * @param instances how many limiters decide on their own in an outage
 * @param share the permits that each of them may spend then
 */
public record OutageBound(long limit, int instances, long share) {

    /** Returns where more was admitted than the limit, in words. */
    public List<String> exceededWithoutOutage(Ledger ledger) {
        return ledger.admitted().entrySet().stream()
                .filter(quota -> quota.getValue() > limit)
                .map(quota -> quota + " of " + limit)
                .toList();
    }

    /**
     * Returns where more was admitted in an outage than the bound allows, in words.
     *
     * @param before what was sent before the onset
     * @param during what was sent from the onset until the store decided again
     */
    public List<String> exceeded(Ledger before, Ledger during) {
        Map<Quota, Long> earlier = before.admitted();
        Collection<Map.Entry<Quota, Long>> later = during.admitted().entrySet();
        return later.stream()
                .filter(quota -> quota.getValue() > bound(earlier.getOrDefault(quota.getKey(), 0L)))
                .map(quota ->
                        quota + " in the outage, after " + earlier.getOrDefault(quota.getKey(), 0L) + " of " + limit)
                .toList();
    }

    /** Returns the most that was admitted in any window of any key. */
    public static long most(Ledger ledger) {
        return ledger.admitted().values().stream().mapToLong(n -> n).max().orElse(0);
    }

    private long bound(long admittedBefore) {
        return Math.max(0, limit - admittedBefore) + instances * share;
    }
}
