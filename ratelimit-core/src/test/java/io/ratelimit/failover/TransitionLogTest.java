package io.ratelimit.failover;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
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
    void tellsAFlappingBackendFiveTimesInAnyMinuteAtMost() {
        List<Integer> bySecond = new ArrayList<>();
        for (int second = 0; second < 300; second++) {
            int before = lines.list.size();
            if (second % 2 == 0) {
                transitions.opened(full);
            } else {
                transitions.closed();
            }
            bySecond.add(lines.list.size() - before);
            pass(Duration.ofSeconds(1));
        }
        for (int from = 0; from + 60 <= bySecond.size(); from++) {
            assertThat(bySecond.subList(from, from + 60).stream()
                            .mapToInt(n -> n)
                            .sum())
                    .as("lines in the minute from second %d", from)
                    .isBetween(2, 5);
        }
    }

    @Test
    void tellsLaterOfAnOutageThatBeganInAQuietTimeAndLasts() {
        transitions.opened(full);
        transitions.closed();
        transitions.opened(full);
        transitions.stillOpen(full);
        assertThat(warnings()).as("within thirty seconds").hasSize(2);
        pass(Duration.ofSeconds(30));
        transitions.stillOpen(full);
        assertThat(warnings()).as("after thirty seconds").hasSize(3);
    }
}
