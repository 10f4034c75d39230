package io.ratelimit.redis.testing.load;

import java.time.Duration;

/** How long faults last: seconds in the everyday test command, in full where the system property says so. */
public final class FaultScale {
    private static final boolean FULL = "full".equals(System.getProperty("ratelimit.test.faults"));

    private FaultScale() {}

    /** Returns whether faults last in full. */
    public static boolean isFull() {
        return FULL;
    }

    /** Returns one of two durations. */
    public static Duration lasting(Duration everyday, Duration full) {
        return FULL ? full : everyday;
    }

    /** Returns one of two numbers. */
    public static int times(int everyday, int full) {
        return FULL ? full : everyday;
    }
}
