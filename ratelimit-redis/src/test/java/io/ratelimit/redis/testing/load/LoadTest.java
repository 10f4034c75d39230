package io.ratelimit.redis.testing.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.ratelimit.redis.testing.load.Entry.Outcome;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LoadTest {
    private static Entry answer(long number) {
        return new Entry("key-" + number % 2, 0, Outcome.ADMITTED, 200, "redis", System.nanoTime(), 1_000);
    }

    @Test
    void sendsNoMoreThanItsRateAndAccountsForAll() {
        Load.Shape shape = new Load.Shape(4, 200, Duration.ofSeconds(1));

        Ledger ledger = Load.start(shape, connection -> LoadTest::answer).awaitEnd();

        assertThat(ledger.size()).isBetween(50L, 204L);
        assertThat(ledger.admitted().values().stream().mapToLong(n -> n).sum()).isEqualTo(ledger.size());
        assertThat(ledger.p99()).isEqualTo(Duration.ofNanos(1_000));
        assertThat(ledger.share("redis")).isEqualTo(1);
    }

    @Test
    void tellsWhatBrokeAConnection() {
        Load.Senders broken = connection -> number -> {
            throw new IOException("gone");
        };

        Ledger ledger =
                Load.start(new Load.Shape(3, 0, Duration.ofSeconds(10)), broken).awaitEnd();

        assertThat(ledger.broken())
                .hasSize(3)
                .allSatisfy(gone -> assertThat(gone).hasMessage("gone"));
    }
}
