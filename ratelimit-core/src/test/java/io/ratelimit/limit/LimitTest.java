package io.ratelimit.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitTest {
    @ParameterizedTest
    @CsvSource({
        "100/1h, 100, PT1H, 100, 100/1h",
        "5/1m burst 10, 5, PT1M, 10, 5/1m burst 10",
        "' 1 / 250ms ', 1, PT0.25S, 1, 1/250ms",
        "7/1h30m, 7, PT1H30M, 7, 7/1h30m",
        "7/90m, 7, PT1H30M, 7, 7/1h30m",
        "1/366d, 1, PT8784H, 1, 1/366d",
        "3/1d2h3m4s, 3, PT26H3M4S, 3, 3/1d2h3m4s",
        "60/60s burst  1, 60, PT1M, 1, 60/1m burst 1",
    })
    void readsItsTextForm(String text, long permits, Duration window, long capacity, String canonical) {
        Limit limit = Limit.parse(text);

        assertThat(limit.permits()).isEqualTo(permits);
        assertThat(limit.window()).isEqualTo(window);
        assertThat(limit.capacity()).isEqualTo(capacity);
        assertThat(limit).hasToString(canonical);
        assertThat(Limit.parse(canonical)).isEqualTo(limit).hasSameHashCodeAs(limit);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | limit: \"\" (expected: <permits>/<window>, such as 100/1h",
                "100 | limit: \"100\" (expected: <permits>/<window>",
                "100/ | limit: \"100/\" (expected: <permits>/<window>",
                "100/60 | window: \"60\" (expected: a whole number and a unit of ms, s, m, h or d",
                "100/h | window: \"h\" (expected: a whole number and a unit",
                "100/1w | window: \"1w\" (expected: a whole number and a unit",
                "100/30m1h | window: \"30m1h\" (expected: a whole number and a unit",
                "100/0s | window: \"0s\" (expected: a whole number and a unit of ms, s, m, h or d, from 1ms to 366d",
                "100/367d | window: \"367d\"",
                "100/999999999999999d | window: \"999999999999999d\"",
                "1/1d1ms | window: \"1d1ms\" (expected: a whole number of seconds",
                "0/1m | limit: 0 (expected: a whole number from 1",
                "-5/1m | limit: \"-5\" in \"-5/1m\" (expected: a whole number from 1",
                "1.5/1m | limit: \"1.5\" in \"1.5/1m\" (expected: a whole number from 1",
                "ten/1m | limit: \"ten\" in \"ten/1m\"",
                "99999999999999999999/1m | limit: \"99999999999999999999\" (expected: a whole number up to",
                "18764999/60s | limit: 18764999 (expected: at most 18764998 with a window of 1m, so that all arithmetic",
                "5/1m burst 0 | burst: 0 (expected: a whole number from 1",
                "5/1m burst x | burst: \"x\" in \"5/1m burst x\"",
                "5/1m burst 5 burst 6 | limit: \"5/1m burst 5 burst 6\" (expected: <permits>/<window>",
                "1/366d burst 11 | burst: 11 (expected: a bucket that fills within ten years; 1/366d takes 4026 days",
            })
    void refusesWhatIsWrongAndSaysWhatIsRight(String text, String message) {
        assertThatThrownBy(() -> Limit.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void writesTextOfUsersOnOneLineAndCutToSize() {
        assertThatThrownBy(() -> Limit.parse("5/\u001b[31m\n" + "x".repeat(1_000)))
                .hasMessageNotContaining("\n")
                .hasMessageNotContaining("\u001b")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }

    @Test
    void refusesABurstForAnAlgorithmWithoutOne() {
        assertThatThrownBy(() -> Limit.parse("5/1m burst 10", Algorithm.FIXED_WINDOW))
                .hasMessage(
                        "burst: 10 (expected: none, because fixed-window has no burst; token-bucket and leaky-bucket"
                                + " have)");
        assertThatThrownBy(() ->
                        Limit.parse("5/1m").withAlgorithm(Algorithm.SLIDING_LOG).withBurst(2))
                .hasMessageStartingWith("burst: 2 (expected: none");
    }

    @Test
    void refusesAnUnknownAlgorithmAndListsTheKnown() {
        assertThatThrownBy(() -> Algorithm.parse("tocken-bucket"))
                .hasMessage("algorithm: \"tocken-bucket\" (expected: one of fixed-window, sliding-log, sliding-counter,"
                        + " token-bucket, leaky-bucket)");
    }

    @ParameterizedTest
    @CsvSource({
        "1/1m, MICROSECOND, 60000000",
        "1/1m1ms, MILLISECOND, 60001",
        "1/1d, MILLISECOND, 86400000",
        "1/1d1s, SECOND, 86401",
    })
    void countsTimeInTicksThatDependOnTheWindowAlone(String text, TickUnit unit, long ticks) {
        assertThat(Limit.parse(text).tickUnit()).isEqualTo(unit);
        assertThat(Limit.parse(text).windowTicks()).isEqualTo(ticks);
    }

    @ParameterizedTest
    @CsvSource({
        "5/1m, FIXED_WINDOW, PT1M",
        "5/1m, SLIDING_LOG, PT1M",
        "5/1m, SLIDING_COUNTER, PT1M",
        "5/1m, TOKEN_BUCKET, PT1M",
        "5/1m burst 10, TOKEN_BUCKET, PT2M",
        "5/1m burst 1, LEAKY_BUCKET, PT12S",
        "3000/1s burst 15001, LEAKY_BUCKET, PT5.000334S",
        "7/1h burst 1, TOKEN_BUCKET, PT8M34.286S",
        "7/30d burst 1, TOKEN_BUCKET, PT102H51M26S",
    })
    void saysHowLongAUsedUpCounterTakesToBeAsGoodAsNew(String text, Algorithm algorithm, Duration fill) {
        assertThat(Limit.parse(text, algorithm).fillTime()).isEqualTo(fill);
    }

    @ParameterizedTest
    @CsvSource({"10000, SLIDING_LOG, false", "10001, SLIDING_LOG, true", "10001, SLIDING_COUNTER, false"})
    void knowsWhichLogsAreLong(long permits, Algorithm algorithm, boolean isLong) {
        assertThat(Limit.of(permits, Duration.ofMinutes(1))
                        .withAlgorithm(algorithm)
                        .keepsLongLog())
                .isEqualTo(isLong);
    }

    @Test
    void namesACounterByAlgorithmAndWindowAlone() {
        assertThat(Limit.parse("5/60s burst 9").counterName()).isEqualTo("tb1m");
        assertThat(Limit.parse("7/1m").counterName()).isEqualTo("tb1m");
        assertThat(Limit.parse("7/90s", Algorithm.FIXED_WINDOW).counterName()).isEqualTo("fw1m30s");
    }
}
