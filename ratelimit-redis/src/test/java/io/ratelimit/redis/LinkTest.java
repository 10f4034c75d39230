package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.lettuce.core.RedisConnectionException;
import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Fate;
import io.ratelimit.store.StoreException.Kind;
import io.ratelimit.store.WarningBudget;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LinkTest {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Attempts attempts = new Attempts(timer);
    private final AtomicLong nanos =
            new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(15).toNanos());
    private final WarningBudget warnings = Link.warnings(nanos::get);
    private final Link link = new Link(attempts, timer, warnings);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void open() {
        lines.start();
        logger().setLevel(Level.INFO);
        logger().addAppender(lines);
        link.open();
    }

    @AfterEach
    void close() {
        timer.shutdownNow();
        link.close();
        logger().detachAppender(lines);
        logger().setLevel(null);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(Link.class);
    }

    private List<Level> told() {
        return lines.list.stream().map(ILoggingEvent::getLevel).toList();
    }

    @Test
    void tellsAnOutageAndItsEndOnce() {
        attempts.fail();
        attempts.fail();
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        attempts.fail();
        attempts.succeed();
        assertThat(told()).containsExactly(Level.WARN, Level.INFO);
    }

    @Test
    void tellsAFlappingServerEveryThirtySecondsAtMost() {
        for (int second = 0; second < 60; second++) {
            attempts.fail();
            ScriptConnection opened = attempts.succeed();
            // As if it were well, so that the pauses do not grow.
            link.answered(opened);
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            link.replace(opened, null);
        }
        assertThat(told()).as("of a minute").containsExactly(Level.WARN, Level.INFO, Level.WARN, Level.INFO);
    }

    @Test
    void tellsASecondOutageLateIfItLasts() {
        attempts.fail();
        link.replace(attempts.succeed(), null);
        attempts.fail();
        assertThat(told()).as("within the bound").containsExactly(Level.WARN, Level.INFO);
        nanos.addAndGet(Duration.ofSeconds(30).toNanos());
        attempts.fail();
        assertThat(told()).containsExactly(Level.WARN, Level.INFO, Level.WARN);
    }

    @Test
    void tellsNoEndOfAnOutageThatWasNotTold() {
        attempts.fail();
        link.replace(attempts.succeed(), null);
        attempts.fail();
        link.replace(attempts.succeed(), null);
        assertThat(told()).containsExactly(Level.WARN, Level.INFO);
    }

    @Test
    void tellsAnOutageOfManyNodesOfAClusterOneByOne() {
        Attempts elsewhere = new Attempts(timer);
        Link other = new Link(elsewhere, timer, warnings);
        other.open();

        attempts.fail();
        elsewhere.fail();
        assertThat(told()).containsExactly(Level.WARN);
        nanos.addAndGet(Duration.ofSeconds(30).toNanos());
        elsewhere.fail();
        assertThat(told()).containsExactly(Level.WARN, Level.WARN);
        other.close();
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

    @Test
    void triesAgainAfterAnErrorThatIsNoException() {
        AtomicInteger tries = new AtomicInteger();
        ScriptConnection connection = new SilentConnection();
        Link broken = new Link(
                new ScriptConnector() {
                    @Override
                    public CompletionStage<ScriptConnection> connect() {
                        if (tries.getAndIncrement() == 0) {
                            throw new NoClassDefFoundError("while there were no file descriptors");
                        }
                        return CompletableFuture.completedFuture(connection);
                    }

                    @Override
                    public void close() {}
                },
                timer,
                warnings);

        broken.open();

        await().until(() -> broken.connection() == connection);
        broken.close();
    }

    /** Attempts to connect that end when the test says so. */
    private static final class Attempts implements ScriptConnector {
        private final ScheduledExecutorService timer;
        private final BlockingQueue<CompletableFuture<ScriptConnection>> begun = new LinkedBlockingQueue<>();

        Attempts(ScheduledExecutorService timer) {
            this.timer = timer;
        }

        @Override
        public CompletionStage<ScriptConnection> connect() {
            CompletableFuture<ScriptConnection> attempt = new CompletableFuture<>();
            begun.add(attempt);
            return attempt;
        }

        ScriptConnection succeed() {
            ScriptConnection connection = new SilentConnection();
            CompletableFuture<ScriptConnection> next = next();
            end(() -> next.complete(connection));
            return connection;
        }

        void fail() {
            CompletableFuture<ScriptConnection> next = next();
            end(() -> next.completeExceptionally(new RedisConnectionException("Unable to connect")));
        }

        /** Where attempts begin, so that the link is sure to look at the outcome by then, and has done so on return. */
        private void end(Runnable outcome) {
            CompletableFuture.runAsync(outcome, timer).join();
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
}
