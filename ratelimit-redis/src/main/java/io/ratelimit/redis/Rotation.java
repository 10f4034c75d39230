package io.ratelimit.redis;

import io.lettuce.core.RedisException;
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

    Rotation(List<T> places) {
        this.places = List.copyOf(places);
    }

    int size() {
        return places.size();
    }

    /** Returns the first connection there is, or the failure of the last attempt. */
    CompletionStage<ScriptConnection> connect(Function<T, CompletionStage<ScriptConnection>> attempt) {
        return connect(attempt, first.get(), places.size(), new RedisException("There is nobody to connect to"));
    }

    private CompletionStage<ScriptConnection> connect(
            Function<T, CompletionStage<ScriptConnection>> attempt, int index, int left, Throwable why) {
        if (left == 0) {
            return CompletableFuture.failedFuture(why);
        }
        int place = index % places.size();
        return attempt.apply(places.get(place))
                .thenApply(opened -> {
                    first.set(place);
                    return opened;
                })
                .exceptionallyCompose(failure -> connect(attempt, place + 1, left - 1, failure));
    }
}
