package io.ratelimit.redis.faults;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** The lines of the limiter's log from INFO upwards, while this is open. */
final class LogLines implements AutoCloseable {
    private static final long MINUTE_MILLIS = 60_000;

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.ratelimit");
    private final Level before = logger.getLevel();
    private final List<ILoggingEvent> lines = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent line) {
            if (!line.getLoggerName().startsWith("io.ratelimit.redis.testing")) {
                lines.add(line);
            }
        }
    };

    private LogLines() {}

    static LogLines open() {
        LogLines opened = new LogLines();
        opened.appender.start();
        opened.logger.setLevel(Level.INFO);
        opened.logger.addAppender(opened.appender);
        return opened;
    }

    /** Returns the most lines within any minute. */
    long mostInAMinute() {
        return lines.stream()
                .mapToLong(first -> lines.stream()
                        .filter(line -> line.getTimeStamp() >= first.getTimeStamp()
                                && line.getTimeStamp() < first.getTimeStamp() + MINUTE_MILLIS)
                        .count())
                .max()
                .orElse(0);
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
        logger.setLevel(before);
    }

    @Override
    public String toString() {
        return lines.stream().map(ILoggingEvent::getFormattedMessage).toList().toString();
    }
}
