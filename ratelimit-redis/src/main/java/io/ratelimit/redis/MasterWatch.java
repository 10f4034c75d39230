package io.ratelimit.redis;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces a connection when two looks in a row find that another server is the master. A former master that is cut off from
 * the other servers, but not from this instance, would go on taking writes that nobody else sees.
 *
 * <p>Never blocks, and never has more than one question under way. Ends with its timer.
 */
final class MasterWatch {
    /** The pause between questions, of which a tenth more or less keeps instances that started together apart. */
    static final Duration INTERVAL = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(MasterWatch.class);
    private static final double JITTER = 0.1;

    private final Link link;
    private final Supplier<CompletionStage<Boolean>> isElsewhere;
    private final ScheduledExecutorService timer;
    private final Duration interval;
    /** The connection that the last look found to lead to a former master; {@code null} if it leads to the present one. */
    private volatile @Nullable ScriptConnection suspect;

    /**
     * Prepares to ask.
     *
     * @param isElsewhere asks whether the master is another server than the one connected to last
     */
    MasterWatch(
            Link link,
            Supplier<CompletionStage<Boolean>> isElsewhere,
            ScheduledExecutorService timer,
            Duration interval) {
        this.link = link;
        this.isElsewhere = isElsewhere;
        this.timer = timer;
        this.interval = interval;
    }

    /** Asks for the first time after a pause. */
    void begin() {
        double factor = ThreadLocalRandom.current().nextDouble(1 - JITTER, 1 + JITTER);
        try {
            var unused = timer.schedule(this::look, Math.round(interval.toNanos() * factor), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            log.debug("The store is closed", closed);
        }
    }

    private void look() {
        ScriptConnection connection = link.connection();
        if (connection == null) {
            begin();
            return;
        }
        try {
            isElsewhere.get().whenComplete((elsewhere, failure) -> {
                try {
                    judge(connection, failure == null && elsewhere);
                } finally {
                    begin();
                }
            });
        } catch (RuntimeException | Error defect) {
            begin();
            log.debug("Nobody was asked for the master", defect);
        }
    }

    private void judge(ScriptConnection connection, boolean elsewhere) {
        if (elsewhere && connection == suspect) {
            log.info("Connecting to another master, as {} say", link);
            link.replace(connection, null);
        }
        suspect = elsewhere ? connection : null;
    }
}
