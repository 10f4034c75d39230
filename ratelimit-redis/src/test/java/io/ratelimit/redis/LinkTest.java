package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisConnectionException;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Fate;
import io.ratelimit.store.StoreException.Kind;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinkTest {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Attempts attempts = new Attempts();
    private final Link link = new Link(attempts, timer);

    @BeforeEach
    void open() {
        link.open();
    }

    @AfterEach
    void close() {
        timer.shutdownNow();
        link.close();
    }

    @Test
    void givesOneIncidentFromTheLossOfAConnectionToTheNextAttempt() {
        ScriptConnection lost = attempts.succeed();

        link.replace(lost, RedisErrors.overdue(lost));

        assertThat(link.connection()).isNull();
        assertThat(link.absence().incident()).isSameAs(lost);
        assertThat(link.absence().incident()).isSameAs(lost);
        assertThat(link.absence().kind()).as("a call never sent").isEqualTo(Kind.CONNECTION);
        assertThat(link.absence().fate()).isEqualTo(Fate.NOT_CARRIED_OUT);
    }

    @Test
    void givesAnotherIncidentForEachFailedAttempt() {
        ScriptConnection lost = attempts.succeed();
        link.replace(lost, null);
        attempts.fail();
        StoreException first = link.absence();
        StoreException stillFirst = link.absence();
        attempts.fail();
        StoreException second = link.absence();

        assertThat(first.incident()).isNotNull().isNotSameAs(lost);
        assertThat(stillFirst.incident()).isSameAs(first.incident());
        assertThat(second.incident()).isNotNull().isNotSameAs(first.incident());
    }

    @Test
    void givesOneIncidentBeforeTheFirstAttemptHasEnded() {
        assertThat(link.absence().incident())
                .isNotNull()
                .isSameAs(link.absence().incident());
    }

    /** Attempts to connect that end when the test says so, on its thread. */
    private static final class Attempts implements ScriptConnector {
        private final BlockingQueue<CompletableFuture<ScriptConnection>> begun = new LinkedBlockingQueue<>();

        @Override
        public CompletionStage<ScriptConnection> connect() {
            CompletableFuture<ScriptConnection> attempt = new CompletableFuture<>();
            begun.add(attempt);
            return attempt;
        }

        ScriptConnection succeed() {
            ScriptConnection connection = new Silent();
            next().complete(connection);
            return connection;
        }

        void fail() {
            next().completeExceptionally(new RedisConnectionException("Unable to connect"));
        }

        private CompletableFuture<ScriptConnection> next() {
            try {
                CompletableFuture<ScriptConnection> next = begun.poll(TestStores.PATIENT.toSeconds(), TimeUnit.SECONDS);
                assertThat(next).as("an attempt").isNotNull();
                return next;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {}

        @Override
        public String toString() {
            return "somewhere";
        }
    }

    /** A connection that never answers. */
    private static final class Silent implements ScriptConnection {
        @Override
        public CompletionStage<long[]> callByName(Script script, ScriptCall call) {
            return new CompletableFuture<>();
        }

        @Override
        public CompletionStage<long[]> callByText(Script script, ScriptCall call) {
            return new CompletableFuture<>();
        }

        @Override
        public void onLost(Runnable task) {}

        @Override
        public void close() {}
    }
}
