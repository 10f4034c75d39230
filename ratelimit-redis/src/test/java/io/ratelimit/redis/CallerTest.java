package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.protocol.CommandType;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallerTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final MovingNode node = new MovingNode();
    private final SingleRouter router = new SingleRouter(new Link(node, timer, new WarningBudget(System::nanoTime)));
    private final Caller caller = new Caller(Script.DECIDE, router, timer, TIMEOUT);

    @AfterEach
    void close() {
        timer.shutdownNow();
        router.close();
        caller.close();
    }

    @Test
    void asksLessOftenTheLongerKeysAreBeingMovedApart() {
        router.open();
        router.awaitFirstAttempt(Duration.ofSeconds(10));

        assertThat(caller.call(new ScriptCall(new byte[][] {{'k'}}, new byte[0][]), reply -> reply))
                .failsWithin(TIMEOUT.multipliedBy(10))
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        StoreException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(Kind.TRY_AGAIN));
        assertThat(node.calls).hasValueBetween(2, 50);
    }

    /** A node that has one of several keys, and the slot's next one the others. */
    private static final class MovingNode implements ScriptConnector, ScriptConnection {
        private final AtomicInteger calls = new AtomicInteger();

        @Override
        public CompletionStage<ScriptConnection> connect() {
            return CompletableFuture.completedFuture(this);
        }

        @Override
        public CompletionStage<long[]> callByName(Script script, ScriptCall call) {
            calls.incrementAndGet();
            return CompletableFuture.failedFuture(
                    new RedisCommandExecutionException("TRYAGAIN Multiple keys request during rehashing of slot"));
        }

        @Override
        public CompletionStage<long[]> callByText(Script script, ScriptCall call) {
            return callByName(script, call);
        }

        @Override
        public ScriptConnection asking() {
            return this;
        }

        @Override
        public CompletionStage<List<Object>> ask(CommandType command, String... words) {
            return new CompletableFuture<>();
        }

        @Override
        public void onLost(Runnable task) {}

        @Override
        public void close() {}
    }
}
