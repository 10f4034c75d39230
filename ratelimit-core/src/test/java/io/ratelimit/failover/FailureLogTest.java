package io.ratelimit.failover;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.ratelimit.limit.Demand;
import io.ratelimit.limit.Key;
import io.ratelimit.limit.Limit;
import io.ratelimit.limit.ManualTicker;
import io.ratelimit.limit.Source;
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

class FailureLogTest {
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final FailureLog failures = new FailureLog(nanos::get);

    @BeforeEach
    void listen() {
        lines.start();
        logger().setLevel(Level.DEBUG);
        logger().setAdditive(false);
        logger().addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger().detachAppender(lines);
        logger().setAdditive(true);
        logger().setLevel(null);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(FailureLog.class);
    }

    private List<ILoggingEvent> linesAt(Level level) {
        return lines.list.stream().filter(line -> line.getLevel() == level).toList();
    }

    @Test
    void tellsADefectWithItsOriginTwiceAMinuteAtMost() {
        for (int second = 0; second < 60; second++) {
            failures.failed(StoreException.of(new IllegalStateException("a defect")));
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        }
        assertThat(linesAt(Level.WARN))
                .hasSize(2)
                .allSatisfy(
                        line -> assertThat(line.getThrowableProxy().getCause().getMessage())
                                .isEqualTo("a defect"));
    }

    @Test
    void tellsWhatAStoreSaysItselfInDetailOnly() {
        failures.failed(new StoreException(StoreException.Kind.OOM, "full", null));
        failures.failed(new StoreException(StoreException.Kind.OTHER, "nonsense", new IllegalStateException("why")));
        assertThat(linesAt(Level.WARN)).isEmpty();
        assertThat(linesAt(Level.DEBUG))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line.getThrowableProxy()).isNotNull());
    }

    @Test
    void hearsOfADefectThatNeverOpensTheCircuit() {
        ManualTicker ticker = new ManualTicker(1_700_000_000_000_000L);
        SwitchedStore backend = new SwitchedStore(MemoryStore.of(ticker, 10, new Source("backend")));
        try (FailoverStore store = FailoverStore.around(backend).ticker(ticker).build()) {
            backend.throwDefects();
            Limit limit = Limit.parse("5/1h");
            Demand demand = Demand.of(new Key("a", "rule:" + limit.counterName()), limit, 1);

            assertThat(store.execute(Operation.Acquire.of(demand))).succeedsWithin(Duration.ofSeconds(5));

            assertThat(linesAt(Level.WARN)).hasSize(1);
        }
    }
}
