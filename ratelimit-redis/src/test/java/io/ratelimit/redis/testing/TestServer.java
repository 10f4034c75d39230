package io.ratelimit.redis.testing;

import java.util.List;

/** A running Redis, however it was started. */
interface TestServer extends AutoCloseable {
    String host();

    int port();

    /** Returns what it is, for a log line. */
    String description();

    @Override
    void close();

    /** Starts servers of one sort. */
    @FunctionalInterface
    interface Launcher {
        TestServer launch(List<String> arguments);
    }
}
