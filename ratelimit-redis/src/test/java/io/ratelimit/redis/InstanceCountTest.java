package io.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class InstanceCountTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    /** A clock that overflows between two beats. */
    private static final long START = Long.MAX_VALUE - 12 * SECOND;

    private final InstanceCount count = new InstanceCount(Duration.ofSeconds(10));

    private void hear(int instances, int second) {
        count.heard(instances, START + second * SECOND);
    }

    @Test
    void isZeroUntilAnythingWasSaid() {
        count.missed();
        assertThat(count.get()).isZero();
    }

    @Test
    void growsAtOnce() {
        hear(1, 0);
        hear(3, 5);
        assertThat(count.get()).isEqualTo(3);
    }

    @Test
    void shrinksWhenASmallerNumberHasLasted() {
        hear(3, 0);
        hear(2, 5);
        hear(2, 10);
        assertThat(count.get()).as("after five seconds").isEqualTo(3);
        hear(2, 15);
        assertThat(count.get()).as("after ten seconds").isEqualTo(2);
    }

    @Test
    void losesNobodyWhoIsHeardAgainAfterTheServerForgotAll() {
        hear(3, 0);
        hear(1, 5);
        hear(2, 10);
        hear(3, 14);
        hear(3, 20);
        assertThat(count.get()).isEqualTo(3);
    }

    @Test
    void shrinksToTheLargestOfTheSmallerNumbers() {
        hear(5, 0);
        hear(1, 5);
        hear(3, 10);
        hear(2, 15);
        assertThat(count.get()).isEqualTo(3);
    }

    @Test
    void startsToWaitAgainAfterABreak() {
        hear(3, 0);
        hear(1, 5);
        count.missed();
        hear(1, 60);
        assertThat(count.get())
                .as("the first answer of a server that came back")
                .isEqualTo(3);
        hear(1, 65);
        hear(1, 70);
        assertThat(count.get()).isEqualTo(1);
    }
}
