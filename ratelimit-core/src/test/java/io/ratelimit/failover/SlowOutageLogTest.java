package io.ratelimit.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.Source;
import io.ratelimit.limit.Ticker;
import io.ratelimit.store.MemoryStore;
import io.ratelimit.store.Operation;
import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the log says of a backend that is back, and then slow. */
class SlowOutageLogTest {
    private static final Duration SLOW = Duration.ofMillis(100);

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final AtomicLong nanos = new AtomicLong();
    private final SwitchedStore backend =
            new SwitchedStore(MemoryStore.of(Ticker.system(), 1_000, new Source("backend")));
    private final FailoverStore store = FailoverStore.around(backend)
            .settings(new FailoverSettings(1, SLOW, Duration.ofMillis(20), 100))
            .logTime(nanos::get)
            .build();

    @BeforeEach
    void listen() {
        lines.start();
        logger().addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger().detachAppender(lines);
        store.close();
    }

    @Test
    void tellsOfAnOutageThatBeganInAQuietTimeAndConsistsOfSlowAnswers() {
        backend.failWith(StoreException.Kind.OOM);
        askUntil(CircuitState.OPEN);
        backend.heal();
        await().until(() -> store.circuitState() == CircuitState.CLOSED);
        await().until(() -> warnings().size() == 2);
        backend.answerAfter(SLOW);
        askUntil(CircuitState.OPEN);

        nanos.addAndGet(Duration.ofSeconds(30).toNanos());

        await("a probe that is answered slowly").until(() -> warnings().size() == 3);
        assertThat(warnings())
                .satisfiesExactly(
                        gone -> assertThat(gone).contains("failing (oom"),
                        back -> assertThat(back).contains("is back"),
                        late -> assertThat(late).contains("is slow"));
    }

    private void askUntil(CircuitState state) {
        Demand demand = Demand.of(new Key("someone", "rule"), Limit.parse("100/1h"), 1);
        await().until(() -> {
            store.execute(Operation.Peek.of(demand)).toCompletableFuture().join();
            return store.circuitState() == state;
        });
    }

    private List<String> warnings() {
        return List.copyOf(lines.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.startsWith("The rate limit backend is "))
                .toList();
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(FailoverStore.class);
    }
}
