package io.ratelimit.redis.testing.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.redis.testing.load.Entry.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
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
    void tellsOfARequestThatIsNeverAnswered() {
        CountDownLatch answer = new CountDownLatch(1);
        Load.Senders silent = connection -> number -> {
            answer.await();
            return answer(number);
        };
        try (Load load = Load.start(new Load.Shape(2, 0, Duration.ofSeconds(10)), Duration.ofMillis(50), silent)) {
            await().until(() -> load.inFlight() == 2);

            assertThat(load.stop().broken())
                    .hasSize(2)
                    .allSatisfy(late -> assertThat(late).isInstanceOf(TimeoutException.class));
        }
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
