package io.ratelimit.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the server once about itself, as soon as it can be reached, and warns of what endangers counters: a policy by which
 * they may be evicted, and a version that lacks commands. Never blocks.
 */
final class ServerCheck {
    private static final Logger log = LoggerFactory.getLogger(ServerCheck.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final ScriptCaller caller;
    private final ScheduledExecutorService timer;
    private final byte[] key;
    private final Object place;
    private Duration pause = FIRST_PAUSE;
    private volatile @Nullable ServerFacts facts;

    /**
     * Prepares to ask.
     *
     * @param place where the server is, without credentials
     */
    ServerCheck(ScriptCaller caller, ScheduledExecutorService timer, String namespace, Object place) {
        this.caller = caller;
        this.timer = timer;
        this.key = (namespace + ":{instances}").getBytes(StandardCharsets.UTF_8);
        this.place = place;
    }

    /** Asks, and asks again after a growing pause until there is an answer. */
    void begin() {
        try {
            var unused = caller.call(new ScriptCall(new byte[][] {key}, new byte[0][]), ServerFacts::of)
                    .whenComplete((said, failure) -> {
                        if (failure == null) {
                            tell(said);
                            facts = said;
                        } else {
                            askAgain(failure);
                        }
                    });
        } catch (RuntimeException defect) {
            log.debug("Redis was not asked about itself", defect);
        }
    }

    /** Returns what the server said its version is; empty until it has. */
    Optional<String> version() {
        ServerFacts said = facts;
        return said == null ? Optional.empty() : said.version();
    }

    private void askAgain(Throwable failure) {
        log.debug("Redis at {} says nothing about itself yet", place, failure);
        try {
            var unused = timer.schedule(this::begin, pause.toNanos(), TimeUnit.NANOSECONDS);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        } catch (RejectedExecutionException closed) {
            log.debug("The store is closed", closed);
        }
    }

    private void tell(ServerFacts said) {
        if (said.isTooOld()) {
            log.warn(
                    "Redis at {} is version {}, which is too old (expected: 6.2 or later, or Valkey)",
                    place,
                    said.version().orElse(""));
        }
        said.evicts()
                .ifPresent(policy -> log.warn(
                        "Redis at {} may evict counters when its memory is full, because its maxmemory-policy is {}: who is"
                                + " limited then starts afresh (expected: noeviction, or so much memory that it is never full)",
                        place,
                        policy));
        if (said.version().isEmpty()) {
            log.debug("Redis at {} does not say which version it is and what it evicts: may the user run INFO?", place);
        }
    }
}
