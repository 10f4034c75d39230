package io.ratelimit.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ratelimit.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class CircuitsTest {
    private final StoreException gone = new StoreException(StoreException.Kind.CONNECTION, "gone", null);

    @Test
    void holdsNobodyUpWhileTellingTakesLongAndEndsWithTheLastState() throws InterruptedException {
        for (int round = 0; round < 5; round++) {
            CountDownLatch telling = new CountDownLatch(1);
            CountDownLatch told = new CountDownLatch(1);
            List<CircuitState> changes = new CopyOnWriteArrayList<>();
            Circuits[] all = new Circuits[1];
            Circuits circuits = new Circuits(
                    new FailoverSettings(1, Duration.ofSeconds(10), Duration.ofMillis(10), 10),
                    change -> {
                        changes.add(change.state());
                        telling.countDown();
                        awaitUninterrupted(told);
                    },
                    shard -> all[0].of(shard).probeSucceeded(System.nanoTime()));
            all[0] = circuits;
            CompletableFuture<?> first = CompletableFuture.runAsync(() -> fail(circuits, "first"));
            telling.await();

            fail(circuits, "second");
            await("probes that succeed").until(() -> circuits.state() == CircuitState.CLOSED);
            assertThat(changes).as("told while a listener takes its time").containsExactly(CircuitState.OPEN);
            told.countDown();
            first.join();

            await().untilAsserted(() -> assertThat(changes).containsExactly(CircuitState.OPEN, CircuitState.CLOSED));
            circuits.close();
        }
    }

    private void fail(Circuits circuits, String shard) {
        circuits.of(shard).failed(gone, System.nanoTime());
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
