package io.ratelimit.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.store.StoreException;
import io.ratelimit.store.StoreException.Kind;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SteadyLossesTest {
    private final StoreException refused = new StoreException(Kind.WRONG_TYPE, "refused", null);

    private final AtomicLong now = new AtomicLong();
    private final SteadyLosses losses = new SteadyLosses(FailoverSettings.DEFAULTS, now::get);

    private void lose(int times, long everyMillis) {
        for (int i = 0; i < times; i++) {
            pass(everyMillis);
            losses.lost(refused);
        }
    }

    private void pass(long millis) {
        now.addAndGet(Duration.ofMillis(millis).toNanos());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 100, false",
        "1, 100, false",
        "2, 5000, false",
        "3, 499, false",
        "3, 500, true",
        "64, 0, false",
        "100, 11, true",
        "3, 8000, true",
        "20, 8001, false"
    })
    void areThereOnceSomeHaveBeenLostForLongerThanAPause(int times, long everyMillis, boolean there) {
        lose(times, everyMillis);
        assertThat(losses.last().isPresent()).isEqualTo(there);
    }

    @Test
    void areOverWhenNoneHasFollowedForTheLongestPause() {
        lose(10, 1_000);
        pass(8_000);
        assertThat(losses.last()).contains(refused);
        pass(1);
        assertThat(losses.last()).isEmpty();
    }

    @Test
    void areForgottenWhenACircuitTakesOver() {
        lose(10, 1_000);
        losses.forget();
        assertThat(losses.last()).isEmpty();
        lose(2, 1_000);
        assertThat(losses.last()).isEmpty();
    }
}
