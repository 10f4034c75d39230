package io.ratelimit.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.core.IntervalFunction;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CircuitTest {
    private final IntervalFunction pauses = Circuit.pauses(FailoverSettings.DEFAULTS);

    private List<Long> drawn(int attempt) {
        return IntStream.range(0, 200).mapToObj(i -> pauses.apply(attempt)).toList();
    }

    @Test
    void doublesThePauseBetweenProbesAroundTheConfiguredOne() {
        assertThat(drawn(1)).allSatisfy(pause -> assertThat(pause).isBetween(700L, 1_300L));
        assertThat(drawn(2)).allSatisfy(pause -> assertThat(pause).isBetween(1_400L, 2_600L));
        assertThat(drawn(3)).allSatisfy(pause -> assertThat(pause).isBetween(2_800L, 5_200L));
    }

    @Test
    void spreadsAlsoTheLongestPausesAndKeepsThemBelowEightSeconds() {
        for (int attempt : new int[] {4, 10, 1_000}) {
            List<Long> pauses = drawn(attempt);
            assertThat(pauses)
                    .as("attempt %d", attempt)
                    .allSatisfy(pause -> assertThat(pause).isBetween(4_000L, 8_000L));
            assertThat(pauses.stream().distinct().count())
                    .as("different pauses")
                    .isGreaterThan(100);
        }
    }
}
