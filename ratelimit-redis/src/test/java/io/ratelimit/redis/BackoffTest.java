package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final Backoff backoff = new Backoff();

    @Test
    void beginsAtOnceAndGrowsToASecond() {
        assertThat(backoff.next()).isZero();
        assertThat(backoff.next()).isBetween(Duration.ofMillis(10), Duration.ofMillis(20));
        assertThat(backoff.next()).isBetween(Duration.ofMillis(20), Duration.ofMillis(40));
        for (int i = 0; i < 100; i++) {
            assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofSeconds(1));
        }
        assertThat(backoff.next()).isGreaterThanOrEqualTo(Duration.ofMillis(500));
    }

    @Test
    void beginsAgainAfterASuccess() {
        for (int i = 0; i < 10; i++) {
            backoff.next();
        }
        backoff.reset();
        assertThat(backoff.next()).isZero();
    }

    @Test
    void isSpreadSoThatInstancesDoNotKnockTogether() {
        Set<Duration> pauses = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            pauses.add(backoff.next());
        }
        assertThat(pauses).hasSizeGreaterThan(30);
    }
}
