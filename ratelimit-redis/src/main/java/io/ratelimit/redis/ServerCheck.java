package io.ratelimit.redis;

import io.ratelimit.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the server about itself, as soon as it can be reached, and warns of what endangers counters: commands that it or the
 * user's permissions lack, slots that other nodes have, a policy by which counters may be evicted. Never blocks.
 */
final class ServerCheck {
    private static final Logger log = LoggerFactory.getLogger(ServerCheck.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final ScriptCaller caller;
    private final ScheduledExecutorService timer;
    private final byte[][] keys;
    private final Object place;
    private final boolean asCluster;
    private Duration pause = FIRST_PAUSE;
    private boolean refusalTold;
    private volatile @Nullable ServerFacts facts;

    /**
     * Prepares to ask.
     *
     * @param place where the server is, without credentials
     * @param asCluster whether calls go to the node of a cluster that has the slot
     */
    ServerCheck(
            ScriptCaller caller, ScheduledExecutorService timer, String namespace, Object place, boolean asCluster) {
        this.caller = caller;
        this.timer = timer;
        String instances = namespace + ":{instances}";
        this.keys = new byte[][] {
            instances.getBytes(StandardCharsets.UTF_8), (instances + ":trial").getBytes(StandardCharsets.UTF_8)
        };
        this.place = place;
        this.asCluster = asCluster;
    }

    /** Asks, and asks again after a growing pause until there is an answer. */
    void begin() {
        try {
            var unused = ask().whenComplete((said, failure) -> {
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

    private CompletableFuture<ServerFacts> ask() {
        return caller.call(new ScriptCall(keys, new byte[0][]), ServerFacts::of);
    }

    /** Asks the server why it will not decide about all counters; empty if it will. Fails if it does not answer. */
    CompletableFuture<Optional<StoreException>> refusal() {
        return ask().thenApply(said -> said.refusal(asCluster)).exceptionallyCompose(failure -> {
            StoreException known = StoreException.of(failure);
            return lasts(known)
                    ? CompletableFuture.completedFuture(Optional.of(known))
                    : CompletableFuture.failedFuture(known);
        });
    }

    /** Returns whether this is refused for as long as nobody changes a configuration. */
    private boolean lasts(StoreException failure) {
        return switch (failure.kind()) {
            case PERMISSION, UNKNOWN_COMMAND -> true;
            case MOVED -> !asCluster;
            default -> false;
        };
    }

    /** Returns what the server said its version is; empty until it has. */
    Optional<String> version() {
        ServerFacts said = facts;
        return said == null ? Optional.empty() : said.version();
    }

    private void askAgain(Throwable failure) {
        log.debug("Redis at {} says nothing about itself yet", place, failure);
        StoreException why = StoreException.of(failure);
        if (lasts(why)) {
            warn(why);
        }
        try {
            var unused = timer.schedule(this::begin, pause.toNanos(), TimeUnit.NANOSECONDS);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        } catch (RejectedExecutionException closed) {
            log.debug("The store is closed", closed);
        }
    }

    private void warn(StoreException refusal) {
        if (!refusalTold) {
            refusalTold = true;
            log.warn("{}, at {}: limits are not counted there, or not all of them", refusal.getMessage(), place);
        }
    }

    private void tell(ServerFacts said) {
        said.refusal(asCluster).ifPresent(this::warn);
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
