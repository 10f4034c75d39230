package io.ratelimit.redis.testing.load;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much longer things take on this machine. In the everyday tests everything that is measured in time has more of it
 * where many more threads want to run than there are processors; in full runs never, because they are about the figures.
 */
public final class Machine {
    private static final Logger LOG = LoggerFactory.getLogger(Machine.class);
    private static final double CROWDED = 1.5;
    private static final int PATIENCE = FaultScale.times(patienceWithLoad(), 1);

    private Machine() {}

    private static int patienceWithLoad() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        int processors = Runtime.getRuntime().availableProcessors();
        if (load <= CROWDED * processors) {
            return 1;
        }
        LOG.info("A load of {} on {} processors: timeouts and bounds in time are five times as long", load, processors);
        return 5;
    }

    /** Returns whether things take longer. */
    public static boolean isCrowded() {
        return PATIENCE > 1;
    }

    /** Returns the time that takes the place of this one. */
    public static Duration patient(Duration time) {
        return time.multipliedBy(PATIENCE);
    }
}
