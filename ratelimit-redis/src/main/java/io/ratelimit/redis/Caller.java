package io.ratelimit.redis;

import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Kind;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls the script and sees to it that every call ends: with an answer, with an error, or by its deadline.
 *
 * <p>Answers on a connection come in order. So a connection whose oldest call is overdue is stalled for all, and a reply
 * that cannot be read leaves all later ones in doubt: it is replaced. Safe for any number of threads.
 */
final class Caller {
    private final Script script;
    private final Link link;
    private final Deadlines deadlines;

    Caller(Script script, Link link, ScheduledExecutorService timer, Duration timeout) {
        this.script = script;
        this.link = link;
        this.deadlines = new Deadlines(timer, timeout);
    }

    /**
     * Calls the script.
     *
     * @param reader makes the answer of the reply's integers; throws {@link StoreException} if it cannot
     * @return the answer, or a {@link StoreException}
     */
    <T> CompletableFuture<T> call(ScriptCall call, Function<long[], T> reader) {
        ScriptConnection connection = link.connection();
        if (connection == null) {
            return CompletableFuture.failedFuture(link.absence());
        }
        Pending<T> pending = new Pending<>(connection, call, reader);
        deadlines.watch(pending);
        pending.send();
        return pending.result;
    }

    /** Ends all calls. */
    void close() {
        deadlines.expireAll();
    }

    private final class Pending<T> implements Deadlines.Timed {
        final CompletableFuture<T> result = new CompletableFuture<>();
        private final long begunAtNanos = System.nanoTime();
        private final ScriptConnection connection;
        private final ScriptCall call;
        private final Function<long[], T> reader;

        Pending(ScriptConnection connection, ScriptCall call, Function<long[], T> reader) {
            this.connection = connection;
            this.call = call;
            this.reader = reader;
        }

        void send() {
            connection.callByName(script, call).whenComplete((reply, failure) -> {
                if (failure != null && RedisErrors.isUnknownScript(failure) && !isDone()) {
                    connection.callByText(script, call).whenComplete(this::end);
                } else {
                    end(reply, failure);
                }
            });
        }

        private void end(long @Nullable [] reply, @Nullable Throwable failure) {
            if (reply == null) {
                fail(failure == null ? new NullPointerException("reply") : failure);
                return;
            }
            T answer;
            try {
                answer = reader.apply(reply);
            } catch (RuntimeException unreadable) {
                fail(unreadable);
                return;
            }
            link.answered(connection);
            result.complete(answer);
        }

        private void fail(Throwable failure) {
            StoreException told = RedisErrors.ofCall(failure, connection);
            boolean fit = RedisErrors.isAnswer(failure) && !anotherMayHelp(told.kind());
            result.completeExceptionally(told);
            if (fit) {
                link.answered(connection);
            } else if (told.kind() != Kind.TIMEOUT) {
                link.replace(connection, told);
            }
        }

        /** Another connection may lead to the present master, or greet with the present password. */
        private static boolean anotherMayHelp(Kind kind) {
            return kind == Kind.READONLY || kind == Kind.AUTH;
        }

        @Override
        public long begunAtNanos() {
            return begunAtNanos;
        }

        @Override
        public boolean isDone() {
            return result.isDone();
        }

        @Override
        public void expire() {
            if (!isDone()) {
                StoreException late = RedisErrors.overdue(connection);
                result.completeExceptionally(late);
                link.replace(connection, late);
            }
        }
    }
}
