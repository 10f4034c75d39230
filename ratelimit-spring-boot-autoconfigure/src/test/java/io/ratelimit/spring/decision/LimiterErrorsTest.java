package io.ratelimit.spring.decision;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class LimiterErrorsTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

    @Test
    void tellsOfEveryFailureAndLogsOneLineAMinute(CapturedOutput output) {
        AtomicInteger told = new AtomicInteger();
        LimiterErrors errors = new LimiterErrors((error, cause) -> told.incrementAndGet(), nanos::get);

        for (int second = 0; second < 120; second++) {
            errors.report(LimiterError.REFUND, "a refund", new IllegalStateException("of a client"));
            errors.report(LimiterError.COST, "rule x", null);
            nanos.addAndGet(1_000_000_000L);
        }

        assertThat(told).hasValue(240);
        assertThat(output.getOut().lines().filter(line -> line.contains("Rate limiting met a failure")))
                .hasSize(4)
                .anyMatch(line -> line.contains("(refund) at a refund: java.lang.IllegalStateException; 60 since"))
                .anyMatch(line -> line.contains("(cost) at rule x: no usable value; 1 since"))
                .noneMatch(line -> line.contains("of a client"));
    }

    @Test
    void survivesABrokenListener() {
        LimiterErrors errors = new LimiterErrors(
                (error, cause) -> {
                    throw new IllegalStateException();
                },
                nanos::get);

        errors.report(LimiterError.KEY, "rule x", null);
    }
}
