package io.ratelimit.failover;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.ratelimit.limit.Limit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class SharesTest {
    private static final Limit LIMIT = Limit.parse("100/1h");

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private int counted;
    private final Shares shares = new Shares(() -> {
        if (counted < 0) {
            throw new IllegalStateException("cannot count");
        }
        return counted;
    });

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
        return (Logger) LoggerFactory.getLogger(Shares.class);
    }

    private List<Level> warnings() {
        return lines.list.stream()
                .map(ILoggingEvent::getLevel)
                .filter(Level.WARN::equals)
                .toList();
    }

    @Test
    void takesTheWholeLimitWhileNobodyHasCountedAndWarnsOnce() {
        for (int i = 0; i < 10; i++) {
            assertThat(shares.of(LIMIT)).isEqualTo(LIMIT);
        }
        assertThat(warnings()).hasSize(1);
    }

    @Test
    void doesNotWarnOfANumberThatIsOnlyShown() {
        assertThat(shares.known()).isZero();
        assertThat(warnings()).isEmpty();
    }

    @Test
    void dividesByTheNumberThatWasKnownLast() {
        counted = 4;
        assertThat(shares.of(LIMIT).permits()).isEqualTo(25);
        counted = 0;
        assertThat(shares.of(LIMIT).permits()).as("while it is unknown").isEqualTo(25);
        counted = -1;
        assertThat(shares.of(LIMIT).permits()).as("while counting fails").isEqualTo(25);
        assertThat(warnings()).isEmpty();
    }
}
