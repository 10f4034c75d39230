package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Kind;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScriptCallerTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final MovingNode node = new MovingNode();
    private final Router router =
            new FollowingRouter(new SingleRouter(new Link(node, timer, Link.warnings(System::nanoTime))));
    private final ScriptCaller caller = new ScriptCaller(Script.DECIDE, router, timer, TIMEOUT);

    @AfterEach
    void close() {
        timer.shutdownNow();
        router.close();
        caller.close();
    }

    @BeforeEach
    void open() {
        router.open();
        router.awaitFirstAttempt(Duration.ofSeconds(10));
    }

    @Test
    void asksLessOftenTheLongerKeysAreBeingMovedApart() {
        node.turnAwayWith("TRYAGAIN Multiple keys request during rehashing of slot", Integer.MAX_VALUE);

        assertThat(call())
                .failsWithin(TIMEOUT.multipliedBy(10))
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        StoreException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(Kind.TRY_AGAIN));
        assertThat(node.calls).hasValueBetween(2, 50);
    }

    @Test
    void waitsForNodesToAgreeThatSendACallRoundInACircle() {
        node.turnAwayWith("MOVED 3999 127.0.0.1:6381", 30);

        assertThat(call()).succeedsWithin(TIMEOUT.multipliedBy(10)).isEqualTo(new long[] {1});
    }

    @Test
    void asksLessOftenTheLongerACallIsSentRoundInACircle() {
        node.turnAwayWith("MOVED 3999 127.0.0.1:6381", Integer.MAX_VALUE);

        assertThat(call())
                .failsWithin(TIMEOUT.multipliedBy(10))
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        StoreException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(Kind.MOVED));
        assertThat(node.calls).hasValueBetween(30, 400);
    }

    private CompletableFuture<long[]> call() {
        return caller.call(new ScriptCall(new byte[][] {{'k'}}, new byte[0][]), reply -> reply);
    }

    /** Sends every call that is turned away back to where it came from. */
    private record FollowingRouter(Router router) implements Router {
        @Override
        public void open() {
            router.open();
        }

        @Override
        public void awaitFirstAttempt(Duration longest) {
            router.awaitFirstAttempt(longest);
        }

        @Override
        public Link linkOf(ScriptCall call) {
            return router.linkOf(call);
        }

        @Override
        public Link follow(Redirection redirection, Link from) {
            return from;
        }

        @Override
        public void failed() {
            router.failed();
        }

        @Override
        public void close() {
            router.close();
        }
    }

    /** A node that turns calls away. */
    private static final class MovingNode extends SilentConnection implements ScriptConnector {
        private final AtomicInteger calls = new AtomicInteger();
        private volatile String error = "";
        private volatile int turnedAway;

        void turnAwayWith(String serverError, int times) {
            error = serverError;
            turnedAway = times;
        }

        @Override
        public CompletionStage<ScriptConnection> connect() {
            return CompletableFuture.completedFuture(this);
        }

        @Override
        public CompletionStage<long[]> callByName(Script script, ScriptCall call) {
            return calls.incrementAndGet() > turnedAway
                    ? CompletableFuture.completedFuture(new long[] {1})
                    : CompletableFuture.failedFuture(new RedisCommandExecutionException(error));
        }

        @Override
        public void close() {}
    }
}
