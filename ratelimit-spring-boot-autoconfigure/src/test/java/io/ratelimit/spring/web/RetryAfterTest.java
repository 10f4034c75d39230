package io.ratelimit.spring.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a denied client is told to wait. */
class RetryAfterTest {
    @ParameterizedTest
    @CsvSource({
        "PT0S, 0, 1",
        "PT0.001S, 0, 1",
        "PT59.5S, 0, 60",
        "PT60S, 0.5, 90",
        "P24D, 0, 2073600",
        "P24DT1S, 0, 2073600",
        "P24D, 1, 2073600",
        "P25D, 0, 2073600",
        "P366D, 0, 2073600",
        "P3650D, 0.1, 2073600",
    })
    void isNoLongerThanATimerOfJavaScript(Duration wait, double jitter, long seconds) {
        WebSettings defaults = WebSettings.defaults();
        RetryAfter retryAfter = new RetryAfter(jitter, defaults.maxRetryAfter(), () -> 1);

        assertThat(retryAfter.seconds(wait)).isEqualTo(seconds);
        assertThat(Duration.ofSeconds(seconds).toMillis()).isLessThan(Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1S", "PT1M", "P24D", "P30D", "P366D"})
    void isAsLongAsConfigured(Duration longest) {
        assertThat(new RetryAfter(0.5, longest, () -> 1).seconds(Duration.ofDays(3650)))
                .isEqualTo(longest.toSeconds());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT0.999S", "PT-1S"})
    void hasAWholeSecondAtLeast(Duration longest) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TestSettings.maxRetryAfter(longest))
                .withMessageContaining("max-retry-after: " + longest + " (expected: a duration from a second");
    }
}
