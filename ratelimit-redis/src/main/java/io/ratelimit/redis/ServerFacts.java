package io.ratelimit.redis;

import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Kind;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a server said about itself: see {@code server.lua}.
 *
 * @param version such as 6.2.11; empty if it did not say
 * @param evicts its policy, if it may evict counters, which all expire
 * @param isTooOld whether it is older than 6.2
 * @param isOneOfSeveralNodes whether it is a node of a cluster in which others have slots too
 * @param forbidden the commands of the scripts that the user may not run
 * @param missing the commands of the scripts that the server does not have
 */
record ServerFacts(
        Optional<String> version,
        Optional<String> evicts,
        boolean isTooOld,
        boolean isOneOfSeveralNodes,
        List<String> forbidden,
        List<String> missing) {
    /** The commands that the scripts run, in the order in which {@code server.lua} tries them. */
    static final List<String> COMMANDS =
            List.of("TIME", "SET", "SETRANGE", "GET", "GETRANGE", "STRLEN", "PEXPIREAT", "DEL");

    private static final int INTEGERS = 6;
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
        if (reply.length != INTEGERS + COMMANDS.size() || reply[4] < -1 || reply[4] > POLICIES.size()) {
            throw new StoreException(Kind.OTHER, "Redis: facts about itself that the script never gives", null);
        }
        boolean told = reply[0] >= 0;
        long major = reply[0];
        long minor = reply[1];
        boolean evicts = reply[3] > 0 && reply[4] > 0;
        return new ServerFacts(
                told ? Optional.of(major + "." + minor + "." + reply[2]) : Optional.empty(),
                evicts ? Optional.of(POLICIES.get((int) reply[4] - 1)) : Optional.empty(),
                told && (major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR)),
                reply[5] > 1,
                commands(reply, 0),
                commands(reply, -1));
    }

    private static List<String> commands(long[] reply, long answer) {
        return IntStream.range(0, COMMANDS.size())
                .filter(command -> reply[INTEGERS + command] == answer)
                .mapToObj(COMMANDS::get)
                .toList();
    }

    /** Returns why the server cannot decide about all counters, as far as it is the server's or the user's configuration. */
    Optional<StoreException> refusal(boolean asCluster) {
        if (!forbidden.isEmpty()) {
            return Optional.of(RedisErrors.refusal(Kind.PERMISSION, forbidden));
        }
        if (!missing.isEmpty()) {
            return Optional.of(RedisErrors.refusal(Kind.UNKNOWN_COMMAND, missing));
        }
        return isOneOfSeveralNodes && !asCluster ? Optional.of(RedisErrors.nodeOfCluster(null)) : Optional.empty();
    }
}
