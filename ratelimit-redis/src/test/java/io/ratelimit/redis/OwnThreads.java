package io.ratelimit.redis;

import java.util.Set;
import java.util.stream.Collectors;

/** The threads that stores run. */
final class OwnThreads {
    private OwnThreads() {}

    /** Returns those that are running now, of all stores and clients of this process. */
    static Set<Thread> running() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("ratelimit-redis")
                        || thread.getName().startsWith("lettuce-"))
                .collect(Collectors.toSet());
    }
}
