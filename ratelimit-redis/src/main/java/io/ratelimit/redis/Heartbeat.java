package io.ratelimit.redis;

import io.ratelimit.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says every few seconds that this instance is alive, and learns how many are: see {@code heartbeat.lua}.
 *
 * <p>Never blocks, and never has more than one call under way. A beat that fails is not repeated; the next one comes. Safe
 * for any number of threads.
 */
final class Heartbeat {
    /** The pause between beats, of which a tenth more or less keeps instances that started together apart. */
    static final Duration INTERVAL = Duration.ofSeconds(5);

    private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);
    private static final Duration INTERVAL_UNTIL_HEARD = Duration.ofSeconds(1);
    private static final int BEATS_UNTIL_GONE = 4;
    private static final int BEATS_UNTIL_FEWER = 2;
    private static final double JITTER = 0.1;
    private static final int MOST_INSTANCES = 1_000;
    private static final Duration LONGEST_FAREWELL = Duration.ofMillis(250);
    private static final byte[] ALIVE = {'1'};
    private static final byte[] LEAVES = {'0'};

    private final ScriptCaller caller;
    private final ScheduledExecutorService timer;
    private final Duration interval;
    private final byte[][] keys;
    private final byte[] name = new byte[Long.BYTES];
    private final byte[] patience;
    private final InstanceCount count;
    private volatile boolean ended;

    Heartbeat(ScriptCaller caller, ScheduledExecutorService timer, String namespace, Duration interval) {
        this.caller = caller;
        this.timer = timer;
        this.interval = interval;
        this.keys = new byte[][] {(namespace + ":{instances}").getBytes(StandardCharsets.UTF_8)};
        this.patience = ascii(interval.multipliedBy(BEATS_UNTIL_GONE).toMillis());
        this.count = new InstanceCount(interval.multipliedBy(BEATS_UNTIL_FEWER));
        new SecureRandom().nextBytes(name);
    }

    /** Begins, with a beat at once. */
    void begin() {
        if (ended) {
            return;
        }
        try {
            send(ALIVE).whenComplete((instances, failure) -> {
                try {
                    note(instances, failure);
                } finally {
                    beatAfterPause();
                }
            });
        } catch (RuntimeException | Error defect) {
            beatAfterPause();
            log.debug("Redis was not asked to count this instance", defect);
        }
    }

    private void note(@Nullable Integer instances, @Nullable Throwable failure) {
        if (failure == null && instances != null) {
            count.heard(instances, System.nanoTime());
        } else {
            log.debug("Redis did not count this instance", failure);
            count.missed();
        }
    }

    /** Returns how many instances there are, as last known; 0 if nobody ever said. */
    int instances() {
        return count.get();
    }

    /** Takes this instance out of the count, if the server answers soon, and beats no more. */
    void end() {
        ended = true;
        try {
            var unused = send(LEAVES)
                    .toCompletableFuture()
                    .completeOnTimeout(0, LONGEST_FAREWELL.toNanos(), TimeUnit.NANOSECONDS)
                    .handle((left, failure) -> failure == null)
                    .join();
        } catch (RuntimeException defect) {
            log.debug("This instance stays in the count until it is missed", defect);
        }
    }

    private CompletionStage<Integer> send(byte[] state) {
        ScriptCall beat = new ScriptCall(keys, new byte[][] {name, state, patience, ascii(MOST_INSTANCES)});
        return caller.call(beat, Heartbeat::read);
    }

    private void beatAfterPause() {
        Duration pause =
                count.get() == 0 && interval.compareTo(INTERVAL_UNTIL_HEARD) > 0 ? INTERVAL_UNTIL_HEARD : interval;
        double factor = ThreadLocalRandom.current().nextDouble(1 - JITTER, 1 + JITTER);
        try {
            var unused = timer.schedule(this::begin, Math.round(pause.toNanos() * factor), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            log.debug("The store is closed", closed);
        }
    }

    private static int read(long[] reply) {
        if (reply.length != 1 || reply[0] < 0 || reply[0] > MOST_INSTANCES) {
            throw new StoreException(
                    StoreException.Kind.OTHER, "Redis: a count of instances that the script never gives", null);
        }
        return (int) reply[0];
    }

    private static byte[] ascii(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }
}
