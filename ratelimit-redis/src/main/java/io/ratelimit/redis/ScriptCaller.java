package io.ratelimit.redis;

import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Kind;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls the script and sees to it that every call ends: with an answer, with an error, or by its deadline.
 *
 * <p>Answers on a connection come in order. So a connection whose oldest call is overdue is stalled for all, and a reply
 * that cannot be read leaves all later ones in doubt: it is replaced.
 *
 * <p>A call that a node of a cluster turned away was not carried out, and is made again elsewhere, or a little later, as
 * long as it has time. A call that got no answer is never made again. Safe for any number of threads.
 */
final class ScriptCaller {
    /** More in a row than these, and nodes that do not agree yet are sending the call round in a circle. */
    private static final int MOST_REDIRECTIONS = 5;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(3);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(20);
    /** An attempt needs this part of the whole time to be answered. */
    private static final int PART_FOR_AN_ANSWER = 5;

    private final Script script;
    private final Router router;
    private final ScheduledExecutorService timer;
    private final Deadlines deadlines;
    private final long timeoutNanos;

    ScriptCaller(Script script, Router router, ScheduledExecutorService timer, Duration timeout) {
        this.script = script;
        this.router = router;
        this.timer = timer;
        this.deadlines = new Deadlines(timer, timeout);
        this.timeoutNanos = timeout.toNanos();
    }

    /**
     * Calls the script.
     *
     * @param reader makes the answer of the reply's integers; throws {@link StoreException} if it cannot
     * @return the answer, or a {@link StoreException}
     */
    <T> CompletableFuture<T> call(ScriptCall call, Function<long[], T> reader) {
        Link link = router.linkOf(call);
        ScriptConnection connection = link.connection();
        if (connection == null) {
            router.failed();
            return CompletableFuture.failedFuture(link.absence());
        }
        Pending<T> pending = new Pending<>(call, reader, new Attempt(link, connection, connection));
        deadlines.watch(pending);
        pending.send();
        return pending.result;
    }

    /** Ends all calls. */
    void close() {
        deadlines.end();
    }

    /**
     * A call under way.
     *
     * @param connection over which it is made
     * @param sender the same, or what stands before it to say that the call was sent here
     */
    private record Attempt(Link link, ScriptConnection connection, ScriptConnection sender) {}

    private final class Pending<T> implements Deadlines.Timed {
        final CompletableFuture<T> result = new CompletableFuture<>();
        private final long begunAtNanos = System.nanoTime();
        private final ScriptCall call;
        private final Function<long[], T> reader;
        private int redirections;
        private long pauseNanos = FIRST_PAUSE.toNanos();
        private boolean expired;
        /** What is under way; none between two attempts. */
        private @Nullable Attempt attempt;

        private long attemptSinceNanos = begunAtNanos;
        private @Nullable StoreException turnedAway;

        Pending(ScriptCall call, Function<long[], T> reader, Attempt first) {
            this.call = call;
            this.reader = reader;
            this.attempt = first;
        }

        void send() {
            Attempt now = current();
            if (now != null) {
                now.sender().callByName(script, call).whenComplete((reply, failure) -> {
                    if (failure != null && RedisErrors.isUnknownScript(failure) && !isDone()) {
                        now.sender().callByText(script, call).whenComplete((second, again) -> end(now, second, again));
                    } else {
                        end(now, reply, failure);
                    }
                });
            }
        }

        private void end(Attempt by, long @Nullable [] reply, @Nullable Throwable failure) {
            if (reply == null) {
                fail(by, failure == null ? new NullPointerException("reply") : failure);
                return;
            }
            T answer;
            try {
                answer = reader.apply(reply);
            } catch (RuntimeException unreadable) {
                fail(by, unreadable);
                return;
            }
            by.link().answered(by.connection());
            result.complete(answer);
        }

        private void fail(Attempt by, Throwable failure) {
            StoreException told = router.explain(RedisErrors.ofCall(failure, by.connection()));
            boolean answered = RedisErrors.isAnswer(failure);
            if (answered && isElsewhere(told.kind()) && tryElsewhere(by, told, String.valueOf(failure.getMessage()))) {
                by.link().answered(by.connection());
                return;
            }
            result.completeExceptionally(told);
            if (answered && !anotherMayHelp(told.kind())) {
                by.link().answered(by.connection());
            } else if (told.kind() != Kind.TIMEOUT) {
                by.link().replace(by.connection(), told);
            }
            if (!answered || told.kind() == Kind.CLUSTER_DOWN) {
                router.failed();
            }
        }

        private static boolean isElsewhere(Kind kind) {
            return kind == Kind.MOVED || kind == Kind.TRY_AGAIN;
        }

        /** Another connection may lead to the present master, or greet with the present password. */
        private static boolean anotherMayHelp(Kind kind) {
            return kind == Kind.READONLY || kind == Kind.MASTER_DOWN || kind == Kind.AUTH;
        }

        /** Returns whether the call will be made again. */
        private boolean tryElsewhere(Attempt by, StoreException told, String serverError) {
            if (told.kind() == Kind.TRY_AGAIN || redirections == MOST_REDIRECTIONS) {
                return timeLeft() > timeoutNanos / PART_FOR_AN_ANSWER && turnAway(told) && pause();
            }
            Redirection to = Redirection.parse(serverError).orElse(null);
            Link target = to == null ? null : router.follow(to, by.link());
            if (to == null || target == null || !turnAway(told)) {
                return false;
            }
            redirections++;
            target.whenAttempted(() -> tryAgain(target, !to.toStay()));
            return true;
        }

        /**
         * Some of the keys have moved and others not yet, or some of the nodes know of it, which passes; but the longer it
         * has lasted, the less likely in the next moment. One attempt is under way at a time, and hands the length of the
         * pause on to the next.
         */
        private boolean pause() {
            redirections = 0;
            long nanos = pauseNanos;
            pauseNanos = Math.min(2 * nanos, LONGEST_PAUSE.toNanos());
            try {
                var unused = timer.schedule(() -> tryAgain(router.linkOf(call), false), nanos, TimeUnit.NANOSECONDS);
                return true;
            } catch (RejectedExecutionException closed) {
                return false;
            }
        }

        private long timeLeft() {
            return timeoutNanos - (System.nanoTime() - begunAtNanos);
        }

        private synchronized boolean turnAway(StoreException told) {
            if (isOver()) {
                return false;
            }
            attempt = null;
            turnedAway = told;
            return true;
        }

        private void tryAgain(Link link, boolean asking) {
            ScriptConnection connection = link.connection();
            if (connection == null) {
                router.failed();
                result.completeExceptionally(link.absence());
                return;
            }
            synchronized (this) {
                attempt = new Attempt(link, connection, asking ? connection.asking() : connection);
                attemptSinceNanos = System.nanoTime();
            }
            send();
        }

        private synchronized @Nullable Attempt current() {
            return isOver() ? null : attempt;
        }

        private boolean isOver() {
            return expired || isDone();
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
            Attempt late;
            StoreException why;
            synchronized (this) {
                if (isOver()) {
                    return;
                }
                // From here on nothing is sent for this call.
                expired = true;
                late = attempt;
                why = late == null ? Objects.requireNonNull(turnedAway) : RedisErrors.overdue(late.connection());
            }
            result.completeExceptionally(why);
            // One that was begun elsewhere a moment ago says nothing about the connection that it is made over.
            if (late != null && System.nanoTime() - attemptSinceNanos >= timeoutNanos / 2) {
                late.link().replace(late.connection(), why);
            }
            router.failed();
        }
    }
}
