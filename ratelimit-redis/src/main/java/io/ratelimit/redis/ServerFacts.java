package io.ratelimit.redis;

import io.ratelimit.store.StoreException;
import java.util.List;
import java.util.Optional;

/**
 * What a server said about itself: see {@code server.lua}.
 *
 * @param version such as 6.2.11; empty if it did not say
 * @param evicts its policy, if it may evict counters, which all expire
 * @param isTooOld whether it is older than 6.2
 */
record ServerFacts(Optional<String> version, Optional<String> evicts, boolean isTooOld) {
    private static final int INTEGERS = 5;
    private static final int OLDEST_MAJOR = 6;
    private static final int OLDEST_MINOR = 2;
    private static final List<String> POLICIES = List.of(
            "allkeys-lru",
            "allkeys-lfu",
            "allkeys-random",
            "volatile-lru",
            "volatile-lfu",
            "volatile-random",
            "volatile-ttl",
            "one that evicts");

    /**
     * Reads a reply.
     *
     * @throws StoreException of kind {@code OTHER} if the script never gives it
     */
    static ServerFacts of(long[] reply) {
        if (reply.length != INTEGERS || reply[4] < -1 || reply[4] > POLICIES.size()) {
            throw new StoreException(
                    StoreException.Kind.OTHER, "Redis: facts about itself that the script never gives", null);
        }
        boolean told = reply[0] >= 0;
        long major = reply[0];
        long minor = reply[1];
        boolean evicts = reply[3] > 0 && reply[4] > 0;
        return new ServerFacts(
                told ? Optional.of(major + "." + minor + "." + reply[2]) : Optional.empty(),
                evicts ? Optional.of(POLICIES.get((int) reply[4] - 1)) : Optional.empty(),
                told && (major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR)));
    }
}
