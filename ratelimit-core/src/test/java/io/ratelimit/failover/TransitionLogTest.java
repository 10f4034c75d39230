package io.ratelimit.failover;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class TransitionLogTest {
    private final StoreException full = new StoreException(StoreException.Kind.OOM, "full", null);

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final TransitionLog transitions = new TransitionLog(nanos::get);

    @BeforeEach
    void listen() {
        lines.start();
        logger().addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger().detachAppender(lines);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(FailoverStore.class);
    }

    private List<String> warnings() {
        assertThat(lines.list).allSatisfy(line -> assertThat(line.getLevel()).isEqualTo(Level.WARN));
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void tellsAnOutageAndItsEndOnceEachWithTheKind() {
        transitions.opened(full);
        for (int probe = 0; probe < 100; probe++) {
            pass(Duration.ofSeconds(8));
            transitions.stillOpen(full);
        }
        transitions.closed();
        assertThat(warnings())
                .satisfiesExactly(
                        gone -> assertThat(gone).contains("failing (oom: full)"),
                        back -> assertThat(back).contains("is back"));
    }

    @Test
    void tellsThatTheBackendIsSlow() {
        transitions.opened(null);
        assertThat(warnings()).singleElement().asString().contains("is slow");
    }

    @Test
    void tellsAFlappingBackendEightTimesAMinuteAtMost() {
        for (int second = 0; second < 60; second++) {
            transitions.opened(full);
            transitions.closed();
            pass(Duration.ofSeconds(1));
        }
        assertThat(warnings()).hasSizeBetween(2, 8);
    }

    @Test
    void tellsLaterOfAnOutageThatBeganInAQuietTimeAndLasts() {
        transitions.opened(full);
        transitions.closed();
        transitions.opened(full);
        transitions.stillOpen(full);
        assertThat(warnings()).as("within fifteen seconds").hasSize(2);
        pass(Duration.ofSeconds(15));
        transitions.stillOpen(full);
        assertThat(warnings()).as("after fifteen seconds").hasSize(3);
    }
}
