package io.ratelimit.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisReadOnlyException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Tries to connect by way of one place after the other until it succeeds, the one that succeeded last first. Safe for any
 * number of threads.
 */
final class Rotation<T> {
    private final List<T> places;
    private final AtomicInteger first = new AtomicInteger();
    private volatile boolean closed;

    Rotation(List<T> places) {
        this.places = List.copyOf(places);
    }

    /** Tries no further place from now on, also in attempts that are under way. */
    void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    /**
     * Tries one place after the other, and returns the first connection. If all attempts fail, returns the failure with the
     * highest {@link #nearness}, of several the latest.
     */
    CompletionStage<ScriptConnection> connect(Function<T, CompletionStage<ScriptConnection>> attempt) {
        return connect(
                attempt,
                first.get(),
                places.size(),
                new NotLedException(new RedisException("There is nobody to connect to")));
    }

    private CompletionStage<ScriptConnection> connect(
            Function<T, CompletionStage<ScriptConnection>> attempt, int index, int left, Throwable why) {
        if (left == 0 || closed) {
            return CompletableFuture.failedFuture(why);
        }
        int place = index % places.size();
        return attempt.apply(places.get(place))
                .thenApply(opened -> {
                    first.set(place);
                    return opened;
                })
                .exceptionallyCompose(failure ->
                        connect(attempt, place + 1, left - 1, nearness(failure) < nearness(why) ? why : failure));
    }

    /**
     * Ranks failures: those of the server itself above those of a sentinel or a replica, and within each an answer above a lost
     * connection. So a sentinel that is down does not hide that the master refuses the client.
     */
    private static int nearness(Throwable failure) {
        boolean answered = RedisErrors.wasAnswered(failure);
        boolean elsewhere = RedisErrors.isCausedBy(failure, NotLedException.class)
                || RedisErrors.isCausedBy(failure, RedisReadOnlyException.class);
        return (elsewhere ? 0 : 2) + (answered ? 1 : 0);
    }
}
